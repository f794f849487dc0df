"""A broker that is away costs one caller its seconds, not every one."""

import time
from collections.abc import Sequence
from threading import Lock

from libs.kafka.publishing import Published, Publisher, nothing_published
from libs.kafka.ticks import Ticks
from libs.kafka.types import OutgoingRecord

OPEN_FOR_S = 1.0
"""Seconds after a failure for which nothing is tried; a probe in vain then takes some eight."""


class CircuitBreaker(Publisher):
    """Open after a batch of which nothing was acknowledged: every other one fails at once.

    Half-open OPEN_FOR_S later: one caller at a time probes, and is as slow as the publisher; the
    others go on failing at once until a probe is acknowledged, which closes the circuit.
    """

    def __init__(self, publisher: Publisher, ticks: Ticks = time.monotonic) -> None:
        self._publisher = publisher
        self._ticks = ticks
        self._probing = Lock()
        self._reason = ""
        self._half_open_at: float | None = None

    def publish(self, records: Sequence[OutgoingRecord]) -> Published:
        half_open_at = self._half_open_at
        if half_open_at is None:
            return self._attempt(records)
        if self._ticks() < half_open_at or not self._probing.acquire(blocking=False):
            return nothing_published(records, f"not tried, as just before: {self._reason}")
        try:
            return self._attempt(records)
        finally:
            self._probing.release()

    def close(self) -> None:
        self._publisher.close()

    def _attempt(self, records: Sequence[OutgoingRecord]) -> Published:
        published = self._publisher.publish(records)
        passing = [each.reason for each in published.failures if not each.permanent]
        if published.acknowledged:
            self._half_open_at = None
        elif passing:
            self._reason = passing[0]
            self._half_open_at = self._ticks() + OPEN_FOR_S
        return published
