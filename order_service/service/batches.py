"""Deleting much, a little at a time: short locks, and an end."""

from collections.abc import Callable

BATCH_SIZE = 1000

BATCHES_A_RUN = 20


def delete_in_batches(delete: Callable[[int], int]) -> int:
    """Call delete with the size of a batch until one is not full; return how many went."""
    deleted = 0
    for _ in range(BATCHES_A_RUN):
        batch = delete(BATCH_SIZE)
        deleted += batch
        if batch < BATCH_SIZE:
            break
    return deleted
