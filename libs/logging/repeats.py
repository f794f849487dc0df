"""Suppresses repeated messages of a library.

kafka-python logs ten lines a second about a broker that is down.
"""

import logging
import re
import time
from threading import Lock

from libs.resilience.monotonic import MonotonicClock

SILENT_FOR_S = 60.0
"""Seconds for which a message of a logger is not repeated, whatever values it contains."""

NUMBERS = re.compile(r"[\d.]+")
"""Values in a message that was formatted before it was logged."""


class NotAgain(logging.Filter):
    """Passes the first of equal messages of a library, then one a minute."""

    def __init__(self, library: str, *, monotonic: MonotonicClock = time.monotonic) -> None:
        super().__init__()
        self._library = library
        self._monotonic = monotonic
        self._passed_at: dict[tuple[str, str], float] = {}
        self._lock = Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.partition(".")[0] != self._library:
            return True
        message = (record.name, NUMBERS.sub("", str(record.msg)))
        now = self._monotonic()
        with self._lock:
            passed_at = self._passed_at.get(message)
            if passed_at is not None and now - passed_at < SILENT_FOR_S:
                return False
            self._passed_at[message] = now
        return True
