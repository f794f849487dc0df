"""The monotonic clock, passed as an argument so that tests can advance it."""

from collections.abc import Callable

MonotonicClock = Callable[[], float]
"""Returns seconds that never jump or go back, as time.monotonic does."""
