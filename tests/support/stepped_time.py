"""A stepped clock: tests of waiting code without real waiting."""


class SteppedTime:
    """Time that passes only while a task sleeps; in seconds, from 0."""

    def __init__(self) -> None:
        self._now_s = 0.0

    def ticks(self) -> float:
        return self._now_s

    def sleep(self, seconds: float) -> None:
        self._now_s += seconds
