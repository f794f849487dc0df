"""The clock of the periodic tasks, kept in memory, quiet about an outage of Redis."""

from typing import Any

import structlog
from celery.beat import ScheduleEntry, Scheduler, SchedulingError

log = structlog.get_logger(__name__)


class QuietScheduler(Scheduler):
    """Says once that ticks can not be queued, and once that they can again."""

    _failing = False

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
