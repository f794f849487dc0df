"""Hints for the workers, through Celery."""

import structlog

from libs.tasks.enqueue import QueueUnavailable, TaskCall, TaskQueue
from notification_service.service.ports import SendQueue

QUEUE = "notification"
SEND_PENDING = "notification.send_pending"

log = structlog.get_logger(__name__)


class CelerySendQueue(SendQueue):
    def __init__(self, tasks: TaskQueue) -> None:
        self._tasks = tasks

    def send_soon(self, chat_id: int) -> None:
        call = TaskCall(name=SEND_PENDING, queue=QUEUE, kwargs={"chat_id": chat_id})
        try:
            self._tasks.enqueue([call])
        except QueueUnavailable as error:
            log.warning("send_pending_not_enqueued", chat_id=chat_id, reason=str(error))
