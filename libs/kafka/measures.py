"""Measures what a bridge does, and how long it reads nothing."""

from collections.abc import Sequence
from typing import Literal

from libs.metrics.declared.kafka import (
    BATCH,
    DEAD_LETTERS,
    HAND_OFF,
    HAND_OFF_RETRIES,
    MALFORMED,
    PAUSED,
)
from libs.metrics.instruments import counter, histogram

Reason = Literal["hand_off", "queue", "malformed"]

REASONS: Sequence[Reason] = ("hand_off", "queue", "malformed")


class DeliveryMeasures:
    def __init__(self, topic: str, group: str) -> None:
        self._batch = histogram(BATCH, topic, group)
        self._took_s = histogram(HAND_OFF, topic, group)
        self._retries = counter(HAND_OFF_RETRIES, topic, group)
        self._malformed = counter(MALFORMED, topic, group)
        self._dead_letters = counter(DEAD_LETTERS, topic, group)

    def started(self, *, malformed: int) -> None:
        self._malformed.inc(malformed)

    def dead_lettered(self, number: int) -> None:
        self._dead_letters.inc(number)

    def postponed(self) -> None:
        self._retries.inc()

    def done(self, *, records: int, took_s: float) -> None:
        self._batch.observe(records)
        self._took_s.observe(took_s)


class PausedTime:
    """Counts the time from the moment when a reason was seen until the next look."""

    def __init__(self, topic: str, group: str) -> None:
        self._paused_s = {reason: counter(PAUSED, topic, group, reason) for reason in REASONS}
        self._reason: Reason | None = None
        self._since = 0.0

    def look(self, reason: Reason | None, now: float) -> None:
        if self._reason is not None:
            self._paused_s[self._reason].inc(max(0.0, now - self._since))
        self._reason, self._since = reason, now
