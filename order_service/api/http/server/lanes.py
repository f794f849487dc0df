"""Bulkheads: threads per dependency, so that a slow one delays only its own calls."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from libs.resilience.monotonic import MonotonicClock

T = TypeVar("T")

MAX_WAITING = 256
"""Calls that may wait for a thread: a burst is served late, not refused."""


class LaneFull(Exception):
    """Too many calls wait, or no thread has become free for patience_s."""


class Lane:
    """A fixed number of threads for one event loop.

    While all threads are busy a call waits, without a thread, for at most patience_s. If no call
    got a thread for that long, the next calls are refused at once.
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
        """Do the work in a thread. Raises LaneFull before any work is done."""
        await self._wait_for_a_thread()
        self._taken_at = self._monotonic()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._free.release()

    def end(self) -> None:
        """Refuse new calls; calls in progress go on."""
        self._threads.shutdown(wait=False)

    async def _wait_for_a_thread(self) -> None:
        if not self._free.locked():
            await self._free.acquire()
            return
        if self._waiting >= MAX_WAITING or self._monotonic() - self._taken_at > self._patience_s:
            raise LaneFull
        self._waiting += 1
        try:
            async with asyncio.timeout(self._patience_s):
                await self._free.acquire()
        except TimeoutError:
            raise LaneFull from None
        finally:
            self._waiting -= 1
