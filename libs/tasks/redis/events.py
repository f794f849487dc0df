"""What monitors hear of a worker: never at the cost of its work."""

import time
from typing import Any

from celery.app.events import Events
from celery.events import EventDispatcher

SILENT_S = 10.0
"""Seconds without events after one that could not be sent: while Redis stands still each takes the
socket's whole timeout, and all others of the worker wait for it."""


class LossyDispatcher(EventDispatcher):
    """Drops an event that can not be sent. Celery tries its heartbeat again without end.

    The thread that does so is the one that also touches the worker's own heartbeat, and every
    thread that has an event to send waits for it.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.buffer_while_offline = False
        self._silent_until_s = 0.0

    def _publish(self, event: object, producer: object, routing_key: str, **_: Any) -> None:
        if time.monotonic() < self._silent_until_s:
            return
        try:
            super()._publish(event, producer, routing_key)  # type: ignore[misc]  # not in the stubs
        except Exception:  # noqa: BLE001  # whatever it is, the task goes on
            self._silent_until_s = time.monotonic() + SILENT_S


class LossyEvents(Events):
    dispatcher_cls = "libs.tasks.redis.events:LossyDispatcher"
