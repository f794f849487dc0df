"""A circuit breaker: a dependency that is down costs one caller its timeout, not every caller."""

from math import inf
from threading import Lock

from libs.resilience.monotonic import MonotonicClock


class CircuitBreaker:
    """Passes every call while closed, and none while open, which it is after a failure.

    It is half-open when open_for_s have passed since the last failure. Then one call at a time
    passes as a probe; its outcome closes or opens the circuit. Thread-safe.
    """

    def __init__(self, *, open_for_s: float, monotonic: MonotonicClock) -> None:
        self._open_for_s = open_for_s
        self._monotonic = monotonic
        self._lock = Lock()
        self._half_open_at = -inf
        self.reason = ""
        """Why the circuit is open; empty while it is closed."""

    @property
    def is_half_open(self) -> bool:
        return bool(self.reason) and self._monotonic() >= self._half_open_at

    def lets_pass(self) -> bool:
        """Return whether to call now. If a probe reports no outcome, another one follows."""
        with self._lock:
            if self.is_half_open:
                self._half_open_at = self._monotonic() + self._open_for_s
                return True
            return not self.reason

    def failed(self, reason: str) -> bool:
        """Open the circuit; return whether it was closed."""
        with self._lock:
            was_closed = not self.reason
            self.reason = reason or "no reason given"
            self._half_open_at = self._monotonic() + self._open_for_s
        return was_closed

    def succeeded(self) -> bool:
        """Close the circuit; return whether it was open."""
        with self._lock:
            was_open = bool(self.reason)
            self.reason = ""
        return was_open
