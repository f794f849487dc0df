"""Runs the workers of a role until a signal, or until one of them fails."""

import sys
from collections.abc import Callable, Sequence
from threading import Event, Thread

import structlog

from libs.lifecycle.garbage import freeze_what_stays
from libs.lifecycle.stopping import exit_hard_later, stop_on_signal

Worker = Callable[[Event], None]
"""Runs until the event is set, then returns. An exception stops the whole process."""

log = structlog.get_logger(__name__)


def run_until_stopped(
    *workers: Worker, stop: Event | None = None, closing: Sequence[Callable[[], None]] = ()
) -> None:
    """Run each worker in a thread. When all have returned, close the resources in reverse order.

    The first worker that fails stops the others. The process then exits with code 1: when they
    have returned, or by the hard exit if one of them hangs.
    """
    stop = stop or Event()
    stop_on_signal(stop)
    failed = Event()
    threads = [
        Thread(target=_guarded, args=(worker, stop, failed), name=_name(worker), daemon=True)
        for worker in workers
    ]
    freeze_what_stays()
    for thread in threads:
        thread.start()
    stop.wait()
    for thread in threads:
        thread.join()
    for close in reversed(closing):
        _close(close)
    log.info("role_stopped", failed=failed.is_set())
    if failed.is_set():
        sys.exit(1)


def _guarded(worker: Worker, stop: Event, failed: Event) -> None:
    try:
        worker(stop)
    except Exception:
        log.exception("worker_failed", worker=_name(worker))
        failed.set()
        exit_hard_later(1)
    finally:
        stop.set()


def _close(close: Callable[[], None]) -> None:
    try:
        close()
    except Exception:
        log.exception("closing_failed", resource=_name(close))


def _name(worker: object) -> str:
    return str(getattr(worker, "__qualname__", type(worker).__qualname__))
