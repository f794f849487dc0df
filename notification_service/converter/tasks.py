"""The Celery tasks: their queue, their names and their JSON arguments."""

from typing import Any

QUEUE = "notification"

SEND_PENDING_TASK = "notification.send_pending"

SWEEP_TASK = "notification.sweep"
FORGET_OLD_TASK = "notification.forget_old"


def chat_to_task(chat_id: int) -> dict[str, Any]:
    return {"chat_id": chat_id}
