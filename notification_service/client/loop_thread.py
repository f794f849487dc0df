"""Runs an event loop in its own thread, for an asynchronous client in a threaded process."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from threading import Lock, Thread
from typing import Any, TypeVar

T = TypeVar("T")

STOP_TIMEOUT_S = 2.0


class LoopThread:
    """Starts on first use. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None

    def run(self, work: Coroutine[Any, Any, T], *, timeout_s: float) -> T:
        """Return the result. Raises TimeoutError after timeout_s seconds; the work is cancelled."""
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, self._running_loop())
        try:
            return future.result(timeout_s)
        except TimeoutError:
            future.cancel()
            raise

    def close(self) -> None:
        """Cancel the running work and stop the loop. The next run starts it again."""
        with self._lock:
            if self._loop and self._thread:
                asyncio.run_coroutine_threadsafe(_cancel_all(), self._loop)
                self._thread.join(STOP_TIMEOUT_S)
                self._loop = self._thread = None

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if not self._loop:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=_run, args=(self._loop,), name="telegram-loop", daemon=True
                )
                self._thread.start()
            return self._loop


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    asyncio.get_running_loop().stop()


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        loop.close()
