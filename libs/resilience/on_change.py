"""What goes on happening is said once, not each time."""

import time
from collections.abc import Callable
from threading import Lock

QUIET_FOR_S = 300.0
"""Seconds for which something must not have happened to be news again."""


class SaidOnce:
    """Whether something is to be said: the first time, and once it had not happened for a while.

    Thread-safe.
    """

    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        self._ticks = ticks
        self._lock = Lock()
        self._last_at: dict[str, float] = {}

    def is_news(self, what: str) -> bool:
        with self._lock:
            now = self._ticks()
            self._last_at = {
                each: at for each, at in self._last_at.items() if now - at <= QUIET_FOR_S
            }
            is_news = what not in self._last_at
            self._last_at[what] = now
            return is_news
