"""Queues chats whose hint was lost, whose pause is over or whose sender died."""

import structlog

from libs.locks import TryLock
from notification_service.service.ports import DeliveryRepository, SendQueue

log = structlog.get_logger(__name__)


class SweepDeliveries:
    def __init__(
        self, deliveries: DeliveryRepository, queue: SendQueue, *, try_lock: TryLock
    ) -> None:
        self._deliveries = deliveries
        self._queue = queue
        self._try_lock = try_lock

    def __call__(self) -> None:
        """Queue every chat with work. Does nothing while another sweep runs."""
        with self._try_lock() as is_held:
            if not is_held:
                return
            for chat_id in self._deliveries.chats_with_work():
                self._queue.send_soon(chat_id)
                log.info("chat_woken", chat_id=chat_id)
