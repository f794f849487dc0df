"""Back-pressure: stops reading while too many handed-off tasks wait."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from libs.errors import Unavailable

QueueLength = Callable[[], int]
"""Counts the tasks that are handed off and not yet done. Unavailable counts as full."""

log = structlog.get_logger(__name__)


def no_queue() -> int:
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PressureLimit:
    """Stop reading above pause_above, resume at resume_at or below, check every look_every_s."""

    pause_above: int = 5_000
    resume_at: int = 2_500
    look_every_s: float = 0.1

    @classmethod
    def of(cls, pause_above: int) -> "PressureLimit":
        return cls(pause_above=pause_above, resume_at=pause_above // 2)


@dataclass(slots=True)
class Pressure:
    """Looks at the queue only after a hand-off, and while it is too long: it cannot grow alone."""

    limit: PressureLimit
    queue_length: QueueLength
    is_high: bool = False
    _may_have_grown: bool = True
    _look_at: float = 0.0

    def handed_off(self) -> None:
        """Note that the queue may have grown."""
        self._may_have_grown = True

    def look(self, now: float) -> bool:
        """Check the queue if a check is due; return True while nothing should be read."""
        if now < self._look_at or not (self._may_have_grown or self.is_high):
            return self.is_high
        self._look_at = now + self.limit.look_every_s
        self._may_have_grown = False
        try:
            self._change_to(waiting=self.queue_length())
        except Unavailable as error:
            if not self.is_high:
                log.warning("reading_paused", reason=str(error))
            self.is_high = True
        return self.is_high

    def _change_to(self, waiting: int) -> None:
        if self.is_high and waiting <= self.limit.resume_at:
            log.info("reading_resumed", waiting=waiting)
            self.is_high = False
        elif not self.is_high and waiting > self.limit.pause_above:
            log.warning("reading_paused", reason="too many tasks wait", waiting=waiting)
            self.is_high = True
