"""The Celery tasks of this service."""

from collections.abc import Callable
from datetime import timedelta

import structlog
from celery import Celery

from libs.errors import Unavailable
from libs.tasks.app import schedule
from libs.tasks.registering import register_periodic_task, register_task

SWEEP = "notification.sweep"
FORGET_OLD = "notification.forget_old"

SWEEP_EVERY = timedelta(seconds=5)
FORGET_OLD_EVERY = timedelta(minutes=1)

log = structlog.get_logger(__name__)


def register_send_pending(app: Celery, name: str, send_pending: Callable[[int], None]) -> None:
    def run(chat_id: int) -> None:
        try:
            send_pending(chat_id)
        except Unavailable as error:
            log.warning("sending_left_to_the_sweep", chat_id=chat_id, reason=str(error))

    register_task(app, name, run)


def register_periodic_tasks(
    app: Celery, *, sweep: Callable[[], object], forget_old: Callable[[], object]
) -> None:
    register_periodic_task(app, SWEEP, sweep)
    register_periodic_task(app, FORGET_OLD, forget_old)
    schedule(app, {SWEEP: SWEEP_EVERY, FORGET_OLD: FORGET_OLD_EVERY})
