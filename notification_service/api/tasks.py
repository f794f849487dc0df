"""The Celery tasks of this service and when the periodic ones run."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog
from celery import Celery

from libs.errors import Unavailable
from libs.tasks.app import schedule
from libs.tasks.registering import register_periodic_task, register_task
from notification_service.converter.tasks import FORGET_OLD_TASK, SEND_PENDING_TASK, SWEEP_TASK

PERIODS = {
    SWEEP_TASK: timedelta(seconds=5),
    FORGET_OLD_TASK: timedelta(minutes=1),
}

log = structlog.get_logger(__name__)


def register_tasks(
    app: Celery,
    send_pending: Callable[[int], None],
    periodic: Mapping[str, Callable[[], object]],
) -> None:
    """Register the tasks. periodic holds one use case for each name in PERIODS."""

    def send(chat_id: int) -> None:
        try:
            send_pending(chat_id)
        except Unavailable as error:
            log.warning("sending_left_to_the_sweep", chat_id=chat_id, reason=str(error))

    register_task(app, SEND_PENDING_TASK, send)
    for name in PERIODS:
        register_periodic_task(app, name, periodic[name])
    schedule(app, PERIODS)
