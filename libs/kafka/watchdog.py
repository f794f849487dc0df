"""Ends a process whose loop hangs: kafka-python has a loop without a timeout."""

import faulthandler
import logging
import os
import sys
import time
from collections.abc import Callable
from threading import Event, Lock
from typing import NoReturn

import structlog

from libs.kafka.ticks import Ticks

HUNG_AFTER_S = 60.0
"""Seconds without a sign of a loop; the group gives its partitions away after the same time."""

LOOK_EVERY_S = 1.0

EXIT_HUNG = 70
"""EX_SOFTWARE of sysexits.h; the supervisor starts the process again."""

log = structlog.get_logger(__name__)


def exit_hung() -> NoReturn:
    """Write every thread's stack to stderr and end the process, nothing waited for."""
    faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
    logging.shutdown()
    sys.stdout.flush()
    os._exit(EXIT_HUNG)


class Watchdog:
    """A Worker that calls on_hung when one of the loops has not beaten for HUNG_AFTER_S.

    A loop counts from its first beat on.
    """

    def __init__(
        self, *, ticks: Ticks = time.monotonic, on_hung: Callable[[], object] = exit_hung
    ) -> None:
        self._ticks = ticks
        self._on_hung = on_hung
        self._last: dict[str, float] = {}
        self._lock = Lock()

    def beat(self, loop: str) -> None:
        with self._lock:
            self._last[loop] = self._ticks()

    def __call__(self, stop: Event) -> None:
        while not stop.wait(LOOK_EVERY_S):
            self.look()

    def look(self) -> None:
        now = self._ticks()
        with self._lock:
            hung = [loop for loop, last in self._last.items() if now - last > HUNG_AFTER_S]
        if hung:
            log.critical("loop_hung", loops=hung, after_s=HUNG_AFTER_S)
            self._on_hung()
