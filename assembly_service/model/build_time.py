"""A ship's build time. It depends on the event only, so a repeat does not restart the wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildTimes:
    """The range of build times, both ends included."""

    min_s: int
    max_s: int

    def of(self, event_uuid: UUID) -> int:
        """Return whole seconds, uniform over the range and always the same for one event."""
        return Random(event_uuid.int).randint(self.min_s, self.max_s)  # noqa: S311  # no secret


def remaining_s(recorded_at: datetime, build_time_s: int, now: datetime) -> float:
    """Return the seconds until the ship is due, from 0 to its build time.

    An old record is due at once. A record from a clock that runs ahead waits no longer than a
    new one.
    """
    due = recorded_at + timedelta(seconds=build_time_s)
    return min(max((due - now).total_seconds(), 0.0), float(build_time_s))
