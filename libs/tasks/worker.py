"""A Celery worker with a scheduler of periodic tasks, a heartbeat and log context."""

import logging
import os
import socket
import warnings
from typing import Any

import structlog
from celery import Celery, Task, signals
from celery.exceptions import CPendingDeprecationWarning, SecurityWarning
from celery.worker import state

from libs.health.heartbeat import Heartbeat
from libs.lifecycle.stopping import exit_hard_later
from libs.tasks.beat import Beat
from libs.tasks.measures import task_started
from libs.tasks.redis.garbage import free_what_postponed_tasks_leave
from libs.tasks.vitals import WorkerVitals

log = structlog.get_logger(__name__)

EXIT_FAILED = 1

ROUTINE_LOGGERS = ("celery.worker.strategy", "celery.app.trace")
"""Loggers with an INFO line for each received and finished task; use cases log that themselves."""

FAILURE_LOGGER = "celery.app.trace"
"""Adds a task's arguments to the record of its failure."""


def run_worker(app: Celery, *, concurrency: int, heartbeat: Heartbeat) -> None:
    """Consume the application's default queue until SIGTERM; return after a warm shutdown.

    Waits for Redis as long as it takes. Remote control, gossip and mingle are off: with them a
    worker of Celery 5.7 exits if it loses Redis while it holds a message.
    """
    _log_like_every_process()
    _bind_log_context()
    free_what_postponed_tasks_leave()
    signals.worker_shutting_down.connect(_start_the_hard_exit, weak=False)
    worker: Any = app.Worker(  # the stubs do not know its consumer
        pool="threads",
        concurrency=concurrency,
        hostname=f"{app.main}.{os.getpid()}@{socket.gethostname()}",
        queues=[app.conf.task_default_queue],
        without_gossip=True,
        without_mingle=True,
        task_events=True,
        quiet=True,
        optimization="fair",
    )
    _touch_with_each_heartbeat(heartbeat, worker.consumer.vitals, _beat_with_the_worker(app))
    worker.start()
    raise SystemExit(worker.exitcode or 0)


def _log_like_every_process() -> None:
    # A receiver of this signal keeps Celery from adding its own handlers.
    signals.setup_logging.connect(_keep_logging_as_it_is, weak=False)
    for name in ROUTINE_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger(FAILURE_LOGGER).addFilter(_leave_out_arguments)
    # They warn root about pickled messages, which no application here accepts, and about a
    # setting that is off on purpose: a thread cannot be cancelled.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    warnings.filterwarnings("ignore", category=CPendingDeprecationWarning)


def _leave_out_arguments(record: logging.LogRecord) -> bool:
    vars(record).pop("data", None)
    return True


def _keep_logging_as_it_is(**_: object) -> None:
    """Do nothing."""


def _beat_with_the_worker(app: Celery) -> Beat:
    """Start the scheduler of periodic tasks when the worker is ready."""
    beat = Beat(app)
    if app.conf.beat_schedule:
        signals.worker_ready.connect(beat.start, weak=False)
    return beat


def _touch_with_each_heartbeat(heartbeat: Heartbeat, vitals: WorkerVitals, beat: Beat) -> None:
    """Touch the heartbeat while the worker takes tasks and its scheduler runs."""

    def touch(**_: object) -> None:
        if not beat.has_ended():
            if vitals.is_healthy and not beat.stands_still():
                heartbeat.touch()
            return
        if not state.should_stop:
            log.error("periodic_tasks_ended")
            state.should_stop = EXIT_FAILED  # type: ignore[assignment]  # the stubs know no code
            exit_hard_later(EXIT_FAILED)

    def begin(**_: object) -> None:
        vitals.heard()
        touch()

    signals.worker_ready.connect(begin, weak=False)
    signals.heartbeat_sent.connect(touch, weak=False)


def _start_the_hard_exit(**_: object) -> None:
    exit_hard_later()


def _bind_log_context() -> None:
    signals.task_prerun.connect(_bind, weak=False)
    signals.task_postrun.connect(_unbind, weak=False)


def _bind(task_id: str, task: Task[Any, Any], **_: object) -> None:
    structlog.contextvars.bind_contextvars(task_id=task_id, task=task.name)
    task_started(task)


def _unbind(**_: object) -> None:
    structlog.contextvars.clear_contextvars()
