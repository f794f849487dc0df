"""Sends hints to the workers through Celery."""

from collections.abc import Callable

import structlog

from libs.tasks.enqueue import TaskCall, TaskQueue
from libs.tasks.errors import QueueUnavailable
from notification_service.converter.tasks import QUEUE, SEND_PENDING_TASK, chat_to_task
from notification_service.service.ports import SendQueue

MAX_WAITING_HINTS = 20
"""Waiting tasks beyond which no hint is sent. Without the limit Redis would fill up while no
worker runs."""

log = structlog.get_logger(__name__)


class CelerySendQueue(SendQueue):
    def __init__(self, tasks: TaskQueue, *, waiting: Callable[[], int]) -> None:
        self._tasks = tasks
        self._waiting = waiting

    def send_soon(self, chat_id: int) -> None:
        call = TaskCall(name=SEND_PENDING_TASK, queue=QUEUE, kwargs=chat_to_task(chat_id))
        try:
            if self._waiting() < MAX_WAITING_HINTS:
                self._tasks.enqueue([call])
        except QueueUnavailable as error:
            log.warning("send_pending_not_enqueued", chat_id=chat_id, reason=str(error))
