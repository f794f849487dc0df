"""Keeps a chatty library from repeating itself.

kafka-python writes ten lines a second about a broker that is away.
"""

import logging
import re
import time
from threading import Lock

from libs.resilience.monotonic import MonotonicClock

SILENT_FOR_S = 60.0
"""Seconds for which the same message of the same logger is not repeated, whatever its values."""

NUMBERS = re.compile(r"[\d.]+")
"""What differs between two messages that were put together before they were logged."""


class NotAgain(logging.Filter):
    """Lets the first of equal messages of a library pass, and then one a minute."""

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
