"""From SIGTERM to the end of the process: a flag, a grace time, a hard exit."""

import logging
import os
import signal
import sys
import threading
from threading import Event

import structlog

HARD_EXIT_AFTER_S = 12.0
"""Seconds from SIGTERM to the hard exit; below the 15 s after which supervisors send SIGKILL.

A client that hangs on a dead engine may not hold the process. Leaving is safe: what is not
acknowledged in Kafka or PostgreSQL is done again by the next process.
"""

EXIT_STOPPED = 128 + signal.SIGTERM
"""Of a job that was stopped before its end: whoever waits for it must not take it as done."""

log = structlog.get_logger(__name__)


def stop_on_signal(stop: Event) -> None:
    """Set the flag on SIGTERM or SIGINT and start the hard exit's clock. Main thread only."""

    def on_signal(_signum: int, _frame: object) -> None:
        stop.set()
        exit_hard_later()

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, on_signal)


def end_job_on_signal() -> None:
    """End this process with EXIT_STOPPED on SIGTERM or SIGINT. Main thread only.

    For a job, which runs to its end. What its main thread is in is left by SystemExit, so an open
    transaction is rolled back; the hard exit's clock runs here too.
    """

    def on_signal(_signum: int, _frame: object) -> None:
        exit_hard_later(EXIT_STOPPED)
        log.warning("job_stopped")
        raise SystemExit(EXIT_STOPPED)

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, on_signal)


def exit_hard_later(code: int = 0) -> None:
    """End this process in HARD_EXIT_AFTER_S with that code, whatever its threads wait for."""
    timer = threading.Timer(HARD_EXIT_AFTER_S, _exit_hard, args=(code,))
    timer.daemon = True
    timer.start()


def _exit_hard(code: int) -> None:
    log.warning("shutdown_cut_short", after_s=HARD_EXIT_AFTER_S)
    logging.shutdown()
    sys.stdout.flush()
    os._exit(code)
