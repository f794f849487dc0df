"""How long a ship takes: decided by the event alone, so that no repeat starts the wait again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildTimes:
    """The range that build times are drawn from, both ends included."""

    min_s: int
    max_s: int

    def of(self, event_uuid: UUID) -> int:
        """Return whole seconds, uniform over the range, the same for the same event."""
        return Random(event_uuid.int).randint(self.min_s, self.max_s)  # noqa: S311  # no secret


def remaining_s(recorded_at: datetime, build_time_s: int, now: datetime) -> float:
    """Return the seconds until the ship is due: never negative, never above its build time.

    A record from the past is due at once; one from a clock that runs ahead waits no longer than
    a new one.
    """
    due = recorded_at + timedelta(seconds=build_time_s)
    return min(max((due - now).total_seconds(), 0.0), float(build_time_s))
