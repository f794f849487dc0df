"""Sends a worker's events to monitoring, without delaying its tasks."""

import time
from typing import Any

from celery.app.events import Events
from celery.events import EventDispatcher
from kombu.asynchronous import Hub

from libs.resilience.circuit_breaker import CircuitBreaker

EVENTS_EVERY_S = 0.5
"""Seconds of events that are sent together. Celery sends each event of a task by itself, which took
a third of a worker's time."""

SILENT_S = 10.0
"""Seconds without events after one that could not be sent. While Redis is frozen, each event takes
the whole socket timeout, and all other threads of the worker wait for it."""


class LossyDispatcher(EventDispatcher):
    """Drops an event that cannot be sent. Celery by itself retries its heartbeat event forever.

    It retries in the thread that also touches the worker's own heartbeat, and every thread that
    has an event to send waits for it.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.buffer_while_offline = False
        self._circuit = CircuitBreaker(open_for_s=SILENT_S, monotonic=time.monotonic)

    def _publish(self, event: object, producer: object, routing_key: str, **_: Any) -> None:
        if not self._circuit.lets_pass():
            return
        try:
            super()._publish(event, producer, routing_key)  # type: ignore[misc]  # not in the stubs
        except Exception as error:  # noqa: BLE001  # whatever it is, the task goes on
            self._circuit.failed(str(error))
        else:
            self._circuit.succeeded()


class LossyEvents(Events):
    dispatcher_cls = "libs.tasks.redis.events:LossyDispatcher"


class TaskEvents:
    """Collects the events of tasks. Any thread may call it; the worker's own thread sends them."""

    def __init__(self) -> None:
        self._collecting: EventDispatcher | None = None

    def send_soon(self, hub: Hub, dispatcher: EventDispatcher) -> None:
        """Flush the dispatcher in half a second, unless it will be anyway."""
        if self._collecting is not dispatcher:
            self._collecting = dispatcher
            hub.call_soon(hub.call_later, EVENTS_EVERY_S, self._send, dispatcher)

    def _send(self, dispatcher: EventDispatcher) -> None:
        self._collecting = None
        dispatcher.flush()
