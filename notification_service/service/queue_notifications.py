"""Makes events due for the chat: the hand-off of both Kafka topics."""

from collections.abc import Sequence

from notification_service.model.event import Event
from notification_service.service.ports import DeliveryRepository, SendQueue


class QueueNotifications:
    def __init__(self, deliveries: DeliveryRepository, queue: SendQueue, *, chat_id: int) -> None:
        self._deliveries = deliveries
        self._queue = queue
        self._chat_id = chat_id

    def __call__(self, events: Sequence[Event]) -> None:
        """Return once the deliveries are safe; known events are ignored. Raises Unavailable."""
        self._deliveries.add(events, self._chat_id)
        self._queue.send_soon(self._chat_id)
