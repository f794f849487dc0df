"""The clock of the periodic tasks, kept in memory, quiet about an outage of Redis."""

import time
from collections.abc import Callable
from threading import Thread
from typing import Any

import structlog
from celery import Celery
from celery.beat import EmbeddedService, ScheduleEntry, Scheduler, SchedulingError
from kombu import Connection

TICKS_WITHIN_S = 60.0
"""It ticks every second; a Redis that stands still holds it for half a minute at most."""

log = structlog.get_logger(__name__)


class QuietScheduler(Scheduler):
    """Says once that ticks can not be queued, and once that they can again.

    It does not wait for a clock that was set back to arrive where it has been.
    """

    _failing = False

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Queue what is due; return how many seconds to sleep."""
        if any(_has_run_in_the_future(entry) for entry in self.schedule.values()):
            log.warning("clock_set_back")
            for entry in self.schedule.values():
                entry.last_run_at = entry.default_now()
            self._heap = None
        return super().tick(*args, **kwargs)

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        """Queue the entry's task; a tick that can not be queued is left to the next one."""
        try:
            self.apply_async(entry, producer=producer, advance=False)
        except SchedulingError as error:
            if not self._failing:
                log.warning("periodic_tasks_paused", reason=str(error))
            self._failing = True
        else:
            if self._failing:
                log.info("periodic_tasks_resumed")
            self._failing = False

    def _ensure_connected(self) -> Connection:
        """Leave connecting to the tick that needs it: Celery waits here until Redis is back."""
        return self.connection


class Beat:
    """The thread of a worker that ticks."""

    def __init__(self, app: Celery) -> None:
        beat: Any = EmbeddedService(app, thread=True, scheduler_cls=QuietScheduler)
        self._thread: Thread = beat
        self._service = beat.service

    def start(self, **_: object) -> None:
        self._thread.start()

    def has_ended(self) -> bool:
        return self._thread.ident is not None and not self._thread.is_alive()

    def stands_still(self, now_s: Callable[[], float] = time.monotonic) -> bool:
        ticked_at_s: float | None = self._service._last_tick  # noqa: SLF001  # nothing else tells
        return ticked_at_s is not None and now_s() - ticked_at_s > TICKS_WITHIN_S


def _has_run_in_the_future(entry: ScheduleEntry) -> bool:
    return entry.last_run_at is not None and entry.last_run_at > entry.default_now()
