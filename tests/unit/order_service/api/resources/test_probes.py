"""Many probes share one check per second."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from structlog.testing import capture_logs

from libs.errors import Unavailable
from order_service.api.http.resources.probes import ASK_AGAIN_AFTER_S, SharedCheck


class Dependency:
    def __init__(self) -> None:
        self.asked = 0
        self.trouble: str | None = None
        self.now_s = 100.0
        self.hold: Callable[[], object] = lambda: None
        shared = SharedCheck("payment", self.check, monotonic=lambda: self.now_s)
        self.is_ready = shared.is_ready

    def check(self) -> None:
        self.asked += 1
        self.hold()
        if self.trouble:
            raise Unavailable(self.trouble)


def test_a_dependency_is_checked_once_a_second_for_all_probes() -> None:
    dependency = Dependency()

    seen = [dependency.is_ready() for _ in range(64)]
    dependency.now_s += ASK_AGAIN_AFTER_S
    dependency.trouble = "gone"
    seen += [dependency.is_ready() for _ in range(64)]

    assert seen == [True] * 64 + [False] * 64
    assert dependency.asked == 2


def test_no_probe_waits_while_another_one_checks() -> None:
    dependency = Dependency()
    assert dependency.is_ready()
    dependency.now_s += ASK_AGAIN_AFTER_S
    is_held, go_on = Event(), Event()

    def hold() -> None:
        is_held.set()
        go_on.wait(10)

    dependency.hold = hold
    dependency.trouble = "gone"

    with ThreadPoolExecutor(1) as first:
        asking = first.submit(dependency.is_ready)
        assert is_held.wait(5)
        meanwhile = [dependency.is_ready() for _ in range(64)]
        go_on.set()

        assert (asking.result(timeout=5), set(meanwhile)) == (False, {True})
    assert dependency.asked == 2


def test_an_outage_is_logged_once() -> None:
    dependency = Dependency()
    dependency.trouble = "gone"

    with capture_logs() as lines:
        for _ in range(5):
            dependency.is_ready()
            dependency.now_s += ASK_AGAIN_AFTER_S

    assert [(line["event"], line["reason"]) for line in lines] == [("dependency_not_ready", "gone")]
