"""The limit on malformed records: beyond it a producer, or this consumer's decoder, is broken."""

from collections import deque
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class PoisonLimit:
    """More malformed records than these in a row, or this share of the last window, is too much."""

    in_a_row: int = 50
    share: float = 0.2
    window: int = 500
    """The share counts once so many records were seen."""


STANDARD_LIMIT = PoisonLimit()

NO_LIMIT = None
"""After an operator has looked and decided to go on."""


@dataclass(slots=True)
class PoisonBrake:
    """Once it holds, it holds until it is released or the process ends."""

    limit: PoisonLimit | None = STANDARD_LIMIT
    holds: bool = False
    _in_a_row: int = 0
    _recent: deque[bool] = field(default_factory=deque)
    _malformed: int = 0

    def release(self) -> None:
        """Hold no more, however many malformed records come, until the process ends."""
        self.limit = None
        self.holds = False

    def saw(self, *, malformed: bool) -> bool:
        """Count one record, in the order they were read; True if the brake holds now."""
        if self.limit is None:
            return False
        self._in_a_row = self._in_a_row + 1 if malformed else 0
        self._recent.append(malformed)
        self._malformed += malformed
        if len(self._recent) > self.limit.window:
            self._malformed -= self._recent.popleft()
        self.holds = self.holds or self._is_too_much(self.limit)
        return self.holds

    def _is_too_much(self, limit: PoisonLimit) -> bool:
        if self._in_a_row > limit.in_a_row:
            return True
        seen = len(self._recent)
        return seen >= limit.window and self._malformed >= limit.share * seen
