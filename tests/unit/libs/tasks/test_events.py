from collections.abc import Callable
from typing import Any, cast

from celery.events import EventDispatcher
from kombu.asynchronous import Hub

from libs.tasks.redis.events import EVENTS_EVERY_S, TaskEvents


class FakeHub(Hub):
    """Does at once what is asked for soon, and keeps what is asked for later."""

    def __init__(self) -> None:
        self.later: list[tuple[float, Callable[[], None]]] = []

    def call_soon(self, callback: Any, *args: Any) -> None:
        callback(*args)

    def call_later(self, delay: float, callback: Any, *args: Any) -> None:
        self.later.append((delay, lambda: callback(*args)))

    def pass_time(self) -> None:
        due, self.later = self.later, []
        for _, callback in due:
            callback()


class FakeDispatcher:
    flushes = 0

    def flush(self) -> None:
        self.flushes += 1


def send_soon(events: TaskEvents, hub: FakeHub, dispatcher: FakeDispatcher) -> None:
    events.send_soon(hub, cast(EventDispatcher, dispatcher))


def test_events_that_come_within_half_a_second_are_sent_together() -> None:
    hub, dispatcher, events = FakeHub(), FakeDispatcher(), TaskEvents()

    for _ in range(3):
        send_soon(events, hub, dispatcher)

    assert [delay_s for delay_s, _ in hub.later] == [EVENTS_EVERY_S]
    hub.pass_time()
    assert dispatcher.flushes == 1
    send_soon(events, hub, dispatcher)
    hub.pass_time()
    assert dispatcher.flushes == 2


def test_events_after_a_reconnection_do_not_wait_for_the_timer_that_it_ended() -> None:
    hub, before, after, events = FakeHub(), FakeDispatcher(), FakeDispatcher(), TaskEvents()
    send_soon(events, hub, before)
    hub.later.clear()

    send_soon(events, hub, after)
    hub.pass_time()

    assert (before.flushes, after.flushes) == (0, 1)
