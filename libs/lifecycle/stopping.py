"""Stops a process after SIGTERM: a flag, a grace period, then a hard exit."""

import atexit
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from threading import Event
from typing import NoReturn

import structlog

HARD_EXIT_AFTER_S = 12.0
"""Seconds from SIGTERM to the hard exit; below the 15 s after which supervisors send SIGKILL.

A client that hangs on a dead engine must not hold the process. Exiting is safe: the next process
repeats what is not acknowledged in Kafka or PostgreSQL.
"""

LAST_LOG_TIMEOUT_S = 1.0
"""Timeout of the last log line: a hung thread may hold the log's lock, or nobody reads it."""

EXIT_STOPPED = 128 + signal.SIGTERM
"""Exit code of a job that was stopped before its end, so that it does not count as done."""

log = structlog.get_logger(__name__)


def stop_on_signal(stop: Event) -> None:
    """Set the flag on SIGTERM or SIGINT and start the hard exit's clock. Main thread only."""

    def on_signal(_signum: int, _frame: object) -> None:
        exit_hard_later()
        stop.set()

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, on_signal)


def end_job_on_signal() -> None:
    """End this process with EXIT_STOPPED on SIGTERM or SIGINT. Main thread only.

    For a job, which runs to its end. SystemExit interrupts the main thread, so an open
    transaction is rolled back; the hard exit's clock runs too. The stop is logged at the end: the
    signal may interrupt a log line while the log's lock is held.
    """

    def on_signal(_signum: int, _frame: object) -> None:
        exit_hard_later(EXIT_STOPPED)
        atexit.register(log.warning, "job_stopped")
        raise SystemExit(EXIT_STOPPED)

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, on_signal)


def exit_hard_later(code: int = 0, *, after_s: float | None = None) -> None:
    """End this process with that code after HARD_EXIT_AFTER_S, whatever its threads do."""
    limit_s = HARD_EXIT_AFTER_S if after_s is None else after_s
    timer = threading.Timer(limit_s, _exit_hard, args=(code, limit_s))
    timer.daemon = True
    timer.start()


def _exit_hard(code: int, after_s: float) -> None:
    exit_now(code, lambda: log.warning("shutdown_cut_short", after_s=after_s))


def exit_now(code: int, say: Callable[[], object]) -> NoReturn:
    """Log a last line if that is possible, then end this process, whatever its threads do."""
    speaker = threading.Thread(target=_say_and_flush, args=(say,), daemon=True)
    speaker.start()
    speaker.join(LAST_LOG_TIMEOUT_S)
    os._exit(code)


def _say_and_flush(say: Callable[[], object]) -> None:
    say()
    logging.shutdown()
    sys.stdout.flush()
