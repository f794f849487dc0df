"""Ends a process whose loop hangs: a loop inside kafka-python has no timeout."""

import faulthandler
import sys
import time
from collections.abc import Callable, Sequence
from threading import Event, Lock
from typing import NoReturn

import structlog

from libs.lifecycle.stopping import exit_now
from libs.resilience.monotonic import MonotonicClock

HUNG_AFTER_S = 60.0
"""Seconds without a beat of a loop. The group reassigns its partitions after the same time."""

LOOK_EVERY_S = 1.0

EXIT_HUNG = 70
"""EX_SOFTWARE of sysexits.h. The supervisor restarts the process."""

log = structlog.get_logger(__name__)


def exit_hung(loops: Sequence[str]) -> NoReturn:
    """Write every thread's stack to stderr and end the process without waiting."""

    def say() -> None:
        faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
        log.critical("loop_hung", loops=loops, after_s=HUNG_AFTER_S)

    exit_now(EXIT_HUNG, say)


class Watchdog:
    """A Worker that calls on_hung with the loops that have not beaten for HUNG_AFTER_S.

    It watches a loop from its first beat on.
    """

    def __init__(
        self,
        *,
        monotonic: MonotonicClock = time.monotonic,
        on_hung: Callable[[Sequence[str]], object] = exit_hung,
    ) -> None:
        self._monotonic = monotonic
        self._on_hung = on_hung
        self._last: dict[str, float] = {}
        self._lock = Lock()

    def beat(self, loop: str) -> None:
        with self._lock:
            self._last[loop] = self._monotonic()

    def __call__(self, stop: Event) -> None:
        while not stop.wait(LOOK_EVERY_S):
            self.look()

    def look(self) -> None:
        now = self._monotonic()
        with self._lock:
            hung = [loop for loop, last in self._last.items() if now - last > HUNG_AFTER_S]
        if hung:
            self._on_hung(hung)
