"""The heartbeat of the HTTP role says whether this process's own event loop answers."""

import asyncio
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any

from structlog.testing import capture_logs

from libs.health.heartbeat import Heartbeat, last_touches
from order_service.api.http.server.connections import Connections
from order_service.api.http.server.liveness import OwnLoop, SelfProbe
from tests.integration.order_service.http.held_calls import Shop, end, reception_of
from tests.support.eventually import eventually


class RunningLoop:
    """An event loop that answers calls and has no port."""

    def __init__(self) -> None:
        self.own: OwnLoop
        self.loop: asyncio.AbstractEventLoop
        self.stop: asyncio.Event
        self.runs = Event()

    async def run(self) -> None:
        reception = reception_of(Shop(), body_timeout_s=1)
        self.loop, self.stop = asyncio.get_running_loop(), asyncio.Event()
        self.own = OwnLoop(Connections(reception.answer, most=8))
        self.runs.set()
        await self.stop.wait()
        reception.end()


@contextmanager
def running_loop() -> Iterator[RunningLoop]:
    running = RunningLoop()
    thread = Thread(target=lambda: asyncio.run(running.run()))
    thread.start()
    assert running.runs.wait(5)
    try:
        yield running
    finally:
        end(running.loop, running.stop)
        thread.join(10)


@contextmanager
def probed(
    running: RunningLoop, heartbeat: Heartbeat
) -> Iterator[Sequence[MutableMapping[str, Any]]]:
    """Probe the loop during the block; yield what the probe logs."""
    stop = Event()
    probe = SelfProbe(running.own.connect, heartbeat, timeout_s=0.3)
    thread = Thread(target=partial(probe.run, stop))
    with capture_logs() as lines:
        thread.start()
        try:
            yield lines
        finally:
            stop.set()
            thread.join(10)


def test_a_loop_that_answers_is_alive_without_any_port(tmp_path: Path) -> None:
    with (
        running_loop() as running,
        closing(Heartbeat(tmp_path, "shop", "http")) as heartbeat,
        probed(running, heartbeat),
    ):
        eventually(lambda: last_touches(tmp_path, "shop.http"))


def test_a_loop_that_hangs_is_not_alive(tmp_path: Path) -> None:
    with running_loop() as running, closing(Heartbeat(tmp_path, "shop", "http")) as heartbeat:
        go_on = Event()
        running.loop.call_soon_threadsafe(go_on.wait, 30)
        try:
            with probed(running, heartbeat) as lines:
                eventually(lambda: [line["event"] for line in lines] == ["self_probe_failed"])
        finally:
            go_on.set()

        assert not last_touches(tmp_path, "shop.http")


def test_a_loop_that_has_ended_is_not_alive(tmp_path: Path) -> None:
    with running_loop() as running:
        pass
    with (
        closing(Heartbeat(tmp_path, "shop", "http")) as heartbeat,
        probed(running, heartbeat) as lines,
    ):
        eventually(lambda: [line["event"] for line in lines] == ["self_probe_failed"])

    assert not last_touches(tmp_path, "shop.http")
