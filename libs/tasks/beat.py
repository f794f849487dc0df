"""Celery's scheduler of periodic tasks, in memory. It logs an outage of Redis once."""

import time
from threading import Thread
from typing import Any

import structlog
from celery import Celery
from celery.beat import EmbeddedService, ScheduleEntry, Scheduler, SchedulingError
from kombu import Connection

from libs.resilience.monotonic import MonotonicClock
from libs.resilience.on_change import OnChange

TICK_TIMEOUT_S = 60.0
"""Seconds without a tick. It ticks every second; a frozen Redis delays a tick by up to 30 s."""

log = structlog.get_logger(__name__)


class QuietScheduler(Scheduler):
    """Logs once that ticks cannot be queued, and once that they can again.

    If the machine's clock is set back, it goes on at once with the new time.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._state = OnChange("running")
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Queue the tasks that are due; return the seconds to sleep."""
        if any(_has_run_in_the_future(entry) for entry in self.schedule.values()):
            log.warning("clock_set_back")
            for entry in self.schedule.values():
                entry.last_run_at = entry.default_now()
            self._heap = None
        return super().tick(*args, **kwargs)

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        """Queue the entry's task. If that fails, the next tick tries again."""
        try:
            self.apply_async(entry, producer=producer, advance=False)
        except SchedulingError as error:
            if self._state.changes_to("paused"):
                log.warning("periodic_tasks_paused", reason=str(error))
        else:
            if self._state.changes_to("running"):
                log.info("periodic_tasks_resumed")

    def _ensure_connected(self) -> Connection:
        """Connect later, when a tick needs it: Celery would wait here until Redis is back."""
        return self.connection


class Beat:
    """The thread of a worker that runs the scheduler."""

    def __init__(self, app: Celery) -> None:
        beat: Any = EmbeddedService(app, thread=True, scheduler_cls=QuietScheduler)
        self._thread: Thread = beat
        self._service = beat.service

    def start(self, **_: object) -> None:
        self._thread.start()

    def has_ended(self) -> bool:
        return self._thread.ident is not None and not self._thread.is_alive()

    def stands_still(self, monotonic: MonotonicClock = time.monotonic) -> bool:
        ticked_at_s: float | None = self._service._last_tick  # noqa: SLF001  # nothing else tells
        return ticked_at_s is not None and monotonic() - ticked_at_s > TICK_TIMEOUT_S


def _has_run_in_the_future(entry: ScheduleEntry) -> bool:
    return entry.last_run_at is not None and entry.last_run_at > entry.default_now()
