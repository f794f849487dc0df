"""Deleting much, a little at a time: short locks, and an end."""

import time
from collections.abc import Callable

from libs.resilience.monotonic import MonotonicClock

BATCH_SIZE = 1000

LONGEST_RUN_S = 20.0
"""No batch is begun after it: a task may run for 30 s."""


def delete_in_batches(
    delete: Callable[[int], int], *, monotonic: MonotonicClock = time.monotonic
) -> int:
    """Call delete with the size of a batch until one is not full; return how many went."""
    deleted = 0
    until_s = monotonic() + LONGEST_RUN_S
    while monotonic() <= until_s:
        batch = delete(BATCH_SIZE)
        deleted += batch
        if batch < BATCH_SIZE:
            break
    return deleted
