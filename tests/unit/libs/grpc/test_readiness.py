import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event
from typing import Any

import pytest
from grpc_health.v1 import health_pb2
from structlog.testing import capture_logs

from libs.errors import Unavailable
from libs.grpc.readiness import Readiness

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


class Watched:
    """A readiness check of a database in its own loop, with a few threads."""

    def __init__(self) -> None:
        self.trouble = ""
        self.pool = ThreadPoolExecutor(2)
        self._loop = asyncio.new_event_loop()
        self._readiness = Readiness("shop.v1.Shop", self._check, self.pool, answer_timeout_s=0.2)
        self._loop.run_until_complete(self._readiness.begin())

    def look(self) -> bool:
        return self._loop.run_until_complete(self._readiness.look())

    def end(self) -> None:
        self._loop.run_until_complete(self._readiness.end())

    def statuses(self) -> set[int]:
        """Ask for the server and for its service."""
        return {self._status(name) for name in ("", "shop.v1.Shop")}

    def close(self) -> None:
        self._loop.close()
        self.pool.shutdown()

    def _check(self) -> None:
        if self.trouble:
            raise Unavailable(self.trouble)

    def _status(self, name: str) -> int:
        request = health_pb2.HealthCheckRequest(service=name)
        answer: Any = self._loop.run_until_complete(self._readiness.servicer.Check(request, None))
        return int(answer.status)


@pytest.fixture
def readiness() -> Iterator[Watched]:
    with closing(Watched()) as watched:
        yield watched


def test_it_is_not_serving_before_the_first_check(readiness: Watched) -> None:
    assert readiness.statuses() == {NOT_SERVING}


def test_health_follows_the_dependency(readiness: Watched) -> None:
    readiness.look()
    before = readiness.statuses()
    readiness.trouble = "no answer"
    readiness.look()
    during = readiness.statuses()
    readiness.trouble = ""
    readiness.look()

    assert (before, during, readiness.statuses()) == ({SERVING}, {NOT_SERVING}, {SERVING})


def test_a_server_whose_threads_all_hang_is_not_healthy(readiness: Watched) -> None:
    assert readiness.look()
    go_on = Event()
    for _ in range(2):
        readiness.pool.submit(go_on.wait, 10)

    looks = [readiness.look() for _ in range(2)]
    during = readiness.statuses()
    go_on.set()

    assert (looks, during) == ([False, False], {NOT_SERVING})
    assert readiness.look()
    assert readiness.statuses() == {SERVING}


def test_only_a_change_is_logged(readiness: Watched) -> None:
    with capture_logs() as lines:
        for trouble in ("no answer", "no answer", "wrong password", "", ""):
            readiness.trouble = trouble
            readiness.look()

    assert [line["event"] for line in lines] == [
        "waiting_for_dependency",
        "waiting_for_dependency",
        "serving_began",
    ]


def test_after_its_end_it_stays_not_serving(readiness: Watched) -> None:
    readiness.look()
    readiness.end()
    readiness.look()

    assert readiness.statuses() == {NOT_SERVING}
