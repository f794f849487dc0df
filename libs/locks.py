"""What is done by one process at a time."""

from contextlib import AbstractContextManager
from typing import Protocol


class TryLock(Protocol):
    """A lock of the whole system that nobody waits for."""

    def __call__(self) -> AbstractContextManager[bool]:
        """Hold the lock inside; yield False, at once, while another process holds it."""
        ...
