import gc
import os
import signal
import threading
from threading import Event

import pytest
import structlog

from libs.errors import Unavailable
from libs.lifecycle.running import run_until_stopped
from libs.lifecycle.waiting import wait_until_ready


def until_stopped(stop: Event) -> None:
    stop.wait(timeout=10)


def send_sigterm(_stop: Event) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.fixture(autouse=True)
def _restore_signal_handlers() -> object:
    before = {signum: signal.getsignal(signum) for signum in (signal.SIGTERM, signal.SIGINT)}
    yield
    for signum, handler in before.items():
        signal.signal(signum, handler)
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.cancel()


def test_a_signal_stops_every_worker_and_closes_in_reverse_order() -> None:
    closed: list[str] = []

    run_until_stopped(
        until_stopped,
        send_sigterm,
        closing=[lambda: closed.append("first"), lambda: closed.append("second")],
    )

    assert closed == ["second", "first"]


def test_the_first_worker_to_fail_stops_the_others_with_exit_code_1() -> None:
    def fail(_stop: Event) -> None:
        raise ValueError("broken")

    with pytest.raises(SystemExit) as exit_info:
        run_until_stopped(until_stopped, fail)

    assert exit_info.value.code == 1


def test_a_resource_that_cannot_be_closed_does_not_keep_the_others_open() -> None:
    closed: list[str] = []

    def fail() -> None:
        raise OSError("already gone")

    run_until_stopped(send_sigterm, closing=[lambda: closed.append("first"), fail])

    assert closed == ["first"]


class FakeDependency:
    """Fails with each reason in order, then answers."""

    def __init__(self, *reasons: str) -> None:
        self._reasons = list(reasons)

    def __call__(self) -> None:
        if self._reasons:
            raise Unavailable(self._reasons.pop(0))


def test_waiting_is_logged_once_per_change_of_its_reason() -> None:
    dependency = FakeDependency("refused", "refused", "starting up", "starting up")

    with structlog.testing.capture_logs() as lines:
        arrived = wait_until_ready("postgresql", dependency, stop=Event(), poll_s=0.001)

    assert arrived
    assert [(line["event"], line.get("reason")) for line in lines] == [
        ("waiting_for_dependency", "refused"),
        ("waiting_for_dependency", "starting up"),
        ("dependency_arrived", None),
    ]


def test_waiting_ends_when_the_role_is_stopped() -> None:
    stop = Event()
    stop.set()

    assert not wait_until_ready("postgresql", FakeDependency("refused"), stop=stop)


def test_what_a_role_has_loaded_is_left_out_of_garbage_collection() -> None:
    frozen: list[int] = []

    def count(stop: Event) -> None:
        frozen.append(gc.get_freeze_count())
        stop.set()

    gc.unfreeze()
    run_until_stopped(count)

    assert frozen[0] > 0
