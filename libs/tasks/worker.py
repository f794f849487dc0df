"""A Celery worker with its own clock for periodic tasks, heartbeat and log context."""

from threading import Thread
from typing import Any, cast

import structlog
from celery import Celery, Task, signals
from celery.beat import EmbeddedService

from libs.health.heartbeat import Heartbeat
from libs.lifecycle.stopping import exit_hard_later

log = structlog.get_logger(__name__)


def run_worker(app: Celery, *, concurrency: int, heartbeat: Heartbeat) -> None:
    """Consume the application's default queue until SIGTERM; returns after a warm shutdown.

    Remote control, gossip and mingle are off: with them the worker of Celery 5.7 exits when Redis
    drops while it holds a message. Waits for Redis as long as it takes.
    """
    _beat_with_the_worker(app)
    _touch_with_each_heartbeat(heartbeat)
    _bind_log_context()
    signals.worker_shutting_down.connect(_start_the_hard_exit, weak=False)
    worker = app.Worker(
        pool="threads",
        concurrency=concurrency,
        queues=[app.conf.task_default_queue],
        without_gossip=True,
        without_mingle=True,
        task_events=True,
        loglevel="INFO",
        quiet=True,
        optimization="fair",
    )
    worker.start()
    raise SystemExit(worker.exitcode or 0)


def _beat_with_the_worker(app: Celery) -> None:
    if not app.conf.beat_schedule:
        return

    def start(**_: object) -> None:
        cast(Thread, EmbeddedService(app, thread=True)).start()

    signals.worker_ready.connect(start, weak=False)


def _touch_with_each_heartbeat(heartbeat: Heartbeat) -> None:
    def touch(**_: object) -> None:
        heartbeat.touch()

    signals.worker_ready.connect(touch, weak=False)
    signals.heartbeat_sent.connect(touch, weak=False)


def _start_the_hard_exit(**_: object) -> None:
    exit_hard_later()


def _bind_log_context() -> None:
    signals.task_prerun.connect(_bind, weak=False)
    signals.task_postrun.connect(_unbind, weak=False)


def _bind(task_id: str, task: Task[Any, Any], **_: object) -> None:
    structlog.contextvars.bind_contextvars(task_id=task_id, task=task.name)


def _unbind(**_: object) -> None:
    structlog.contextvars.clear_contextvars()
