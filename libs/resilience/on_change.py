"""Logs a lasting condition when it begins and ends, not each time that it is seen."""

import time
from threading import Lock

from libs.resilience.monotonic import MonotonicClock

QUIET_FOR_S = 300.0
"""Seconds without an occurrence. The next one is then logged again."""


class OnChange:
    """Remembers the last state of one thing, such as the reason why it does not work."""

    def __init__(self, state: str = "") -> None:
        self.state = state

    def changes_to(self, state: str) -> bool:
        """Remember the state; return whether it differs from the one before."""
        before, self.state = self.state, state
        return state != before


class OncePerIncident:
    """Tracks incidents that have a beginning but no known end. Thread-safe."""

    def __init__(self, monotonic: MonotonicClock = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = Lock()
        self._last_at: dict[str, float] = {}

    def begins(self, what: str) -> bool:
        """Note an occurrence; return whether it is the first one, or the first in a while."""
        with self._lock:
            now = self._monotonic()
            self._last_at = {
                each: at for each, at in self._last_at.items() if now - at <= QUIET_FOR_S
            }
            begins = what not in self._last_at
            self._last_at[what] = now
            return begins
