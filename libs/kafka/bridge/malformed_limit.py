"""The limit on malformed records: above it, a producer or this consumer's decoder is broken."""

from collections import deque
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class MalformedLimit:
    """Allow this many malformed records in a row, and less than this share of the last window."""

    in_a_row: int = 50
    share: float = 0.2
    window: int = 500
    """Records. The share counts once so many were seen."""


STANDARD_LIMIT = MalformedLimit()

NO_LIMIT = None
"""For an operator who has looked and decided to go on."""


@dataclass(slots=True)
class MalformedCounter:
    """Counts malformed records. A limit that is reached stays reached until release()."""

    limit: MalformedLimit | None = STANDARD_LIMIT
    limit_reached: bool = False
    _in_a_row: int = 0
    _recent: deque[bool] = field(default_factory=deque)
    _malformed: int = 0

    def release(self) -> None:
        """Accept any number of malformed records until the process ends."""
        self.limit = None
        self.limit_reached = False

    def saw(self, *, malformed: bool) -> bool:
        """Count one record, in the order they were read; True if the limit is reached."""
        if self.limit is None:
            return False
        self._in_a_row = self._in_a_row + 1 if malformed else 0
        self._recent.append(malformed)
        self._malformed += malformed
        if len(self._recent) > self.limit.window:
            self._malformed -= self._recent.popleft()
        self.limit_reached = self.limit_reached or self._exceeds(self.limit)
        return self.limit_reached

    def _exceeds(self, limit: MalformedLimit) -> bool:
        if self._in_a_row > limit.in_a_row:
            return True
        seen = len(self._recent)
        return seen >= limit.window and self._malformed >= limit.share * seen
