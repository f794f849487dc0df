"""Adds deliveries for events; the hand-off of both Kafka topics."""

from collections.abc import Sequence

import structlog

from notification_service.model.event import Event
from notification_service.service.ports import DeliveryRepository, SendQueue

NAMED_IN_LOG = 20

log = structlog.get_logger(__name__)


class QueueNotifications:
    def __init__(self, deliveries: DeliveryRepository, queue: SendQueue, *, chat_id: int) -> None:
        self._deliveries = deliveries
        self._queue = queue
        self._chat_id = chat_id

    def __call__(self, events: Sequence[Event]) -> None:
        """Return once the deliveries are stored. Ignores known events. Raises Unavailable."""
        added = self._deliveries.add(events, self._chat_id)
        if added.shared:
            log.warning(
                "event_id_shared_by_orders",
                events=[str(each.event_uuid) for each in added.shared[:NAMED_IN_LOG]],
                order_uuids=[str(each.order_uuid) for each in added.shared[:NAMED_IN_LOG]],
            )
        self._queue.send_soon(added.chat_id)
