"""Deletes rows that are no longer needed, in batches, so that each lock is short."""

import time
from typing import Protocol

import structlog

from libs.locks import TryLock
from libs.resilience.monotonic import MonotonicClock

BATCH_SIZE = 1000

LONGEST_RUN_S = 20.0
"""No batch begins later than this: a task may run for 30 s."""

log = structlog.get_logger(__name__)


class DeleteBatch(Protocol):
    def __call__(self, *, limit: int) -> int:
        """Delete at most limit rows; return how many. Raises Unavailable."""


class CleanUp:
    """A periodic task that repeats one DELETE statement."""

    def __init__(
        self,
        what: str,
        delete: DeleteBatch,
        *,
        try_lock: TryLock,
        monotonic: MonotonicClock = time.monotonic,
    ) -> None:
        self._what = what
        self._delete = delete
        self._try_lock = try_lock
        self._monotonic = monotonic

    def __call__(self) -> int:
        """Delete until a batch is not full, or for LONGEST_RUN_S; return how many rows.

        Does nothing while another process is cleaning up. Raises Unavailable.
        """
        with self._try_lock() as is_held:
            deleted = self._run() if is_held else 0
        if deleted:
            log.info("cleaned_up", what=self._what, rows=deleted)
        return deleted

    def _run(self) -> int:
        deleted = 0
        until_s = self._monotonic() + LONGEST_RUN_S
        while self._monotonic() <= until_s:
            batch = self._delete(limit=BATCH_SIZE)
            deleted += batch
            if batch < BATCH_SIZE:
                break
        return deleted
