"""Reads for the metrics for how long a database session holds rows."""

import time
from collections.abc import Sequence

from sqlalchemy import Engine

from libs.metrics.declared.process import ROWS_LOCKED
from libs.metrics.stores import Sample
from libs.postgres.locks import lock_holders
from libs.resilience.monotonic import MonotonicClock


class LockGauge:
    """Tells for how long the same session was seen to hold rows.

    When another user's transaction began is hidden, so its time counts from the first look.
    """

    def __init__(self, engine: Engine, *, monotonic: MonotonicClock = time.monotonic) -> None:
        self._engine = engine
        self._monotonic = monotonic
        self._seen_s: dict[tuple[int, str], float] = {}

    def __call__(self) -> Sequence[Sample]:
        """Look once. Raises DatabaseUnavailable."""
        now_s = self._monotonic()
        held = {holder.key for holder in lock_holders(self._engine)}
        self._seen_s = {key: self._seen_s.get(key, now_s) for key in held}
        return [Sample(ROWS_LOCKED, now_s - min(self._seen_s.values(), default=now_s))]
