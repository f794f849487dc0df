"""Wakes the chats whose hint was lost, whose pause is over or whose sender died."""

import structlog

from notification_service.service.ports import DeliveryRepository, SendQueue, SingleFlight

log = structlog.get_logger(__name__)


class SweepDeliveries:
    def __init__(
        self, deliveries: DeliveryRepository, queue: SendQueue, single_flight: SingleFlight
    ) -> None:
        self._deliveries = deliveries
        self._queue = queue
        self._single_flight = single_flight

    def __call__(self) -> None:
        """Ask for every chat with work; does nothing while another sweep runs."""
        with self._single_flight("sweep_deliveries") as alone:
            if not alone:
                return
            for chat_id in self._deliveries.chats_with_work():
                self._queue.send_soon(chat_id)
                log.info("chat_woken", chat_id=chat_id)
