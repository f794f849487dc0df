"""The clock of the periodic tasks, kept in memory, quiet about an outage of Redis."""

from typing import Any

import structlog
from celery.beat import ScheduleEntry, Scheduler, SchedulingError

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


def _has_run_in_the_future(entry: ScheduleEntry) -> bool:
    return entry.last_run_at is not None and entry.last_run_at > entry.default_now()
