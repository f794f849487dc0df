"""Intervals as an argument."""

from collections.abc import Callable

Ticks = Callable[[], float]
"""Returns seconds that go on evenly and never jump, as time.monotonic does."""
