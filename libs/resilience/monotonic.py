"""Elapsed time as an argument."""

from collections.abc import Callable

MonotonicClock = Callable[[], float]
"""Returns seconds that go on evenly and never jump, as time.monotonic does."""
