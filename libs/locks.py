"""A lock for work that one process at a time may do."""

from contextlib import AbstractContextManager
from typing import Protocol


class TryLock(Protocol):
    """A system-wide lock that is never waited for."""

    def __call__(self) -> AbstractContextManager[bool]:
        """Hold the lock inside. Yields False at once if another process holds it."""
