"""Threads for the calls of one dependency: a slow one holds its own calls and no others."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from libs.resilience.monotonic import MonotonicClock

T = TypeVar("T")

MOST_WAITING = 256
"""Calls that may wait for a thread: a burst is worked off, not turned away."""


class LaneFull(Exception):
    """Too many wait, or nobody has come back for a while."""


class Lane:
    """So many threads, for one event loop.

    While they are all taken a call waits, without one, for patience_s at most. When none was given
    to a call for so long, the next are turned away at once.
    """

    def __init__(
        self,
        name: str,
        threads: int,
        *,
        patience_s: float,
        monotonic: MonotonicClock = time.monotonic,
    ) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._free = asyncio.Semaphore(threads)
        self._patience_s = patience_s
        self._monotonic = monotonic
        self._waiting = 0
        self._taken_at = 0.0
        """When a thread was last given to a call."""

    async def run(self, work: Callable[[], T]) -> T:
        """Do the work in a thread. Raises LaneFull, having done nothing."""
        await self._wait_for_a_thread()
        self._taken_at = self._monotonic()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._free.release()

    def end(self) -> None:
        """Take nothing more; what is being worked on goes on."""
        self._threads.shutdown(wait=False)

    async def _wait_for_a_thread(self) -> None:
        if not self._free.locked():
            await self._free.acquire()
            return
        if self._waiting >= MOST_WAITING or self._monotonic() - self._taken_at > self._patience_s:
            raise LaneFull
        self._waiting += 1
        try:
            async with asyncio.timeout(self._patience_s):
                await self._free.acquire()
        except TimeoutError:
            raise LaneFull from None
        finally:
            self._waiting -= 1
