"""Shares one answer among many callers."""

import math
import time
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from libs.resilience.monotonic import MonotonicClock

T = TypeVar("T")


class SharedAnswer(Generic[T]):
    """Calls a function at most once per interval and gives all callers its last answer.

    One caller runs the function; callers that arrive meanwhile get the previous answer at once.
    """

    def __init__(
        self,
        ask: Callable[[], T],
        *,
        at_first: T,
        every_s: float,
        monotonic: MonotonicClock = time.monotonic,
    ) -> None:
        self._ask = ask
        self._answer = at_first
        self._every_s = every_s
        self._monotonic = monotonic
        self._lock = Lock()
        self._is_being_asked = False
        self._ask_again_at = -math.inf

    def __call__(self) -> T:
        with self._lock:
            if self._is_being_asked or self._monotonic() < self._ask_again_at:
                return self._answer
            self._is_being_asked = True
        try:
            self._answer = self._ask()
        finally:
            with self._lock:
                self._is_being_asked = False
                self._ask_again_at = self._monotonic() + self._every_s
        return self._answer
