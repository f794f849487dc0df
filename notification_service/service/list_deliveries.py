"""Lists what chats were told of orders."""

from collections.abc import Collection, Sequence
from uuid import UUID

from notification_service.model.delivery import DeliverySeen
from notification_service.service.ports import SeeDeliveries


class ListDeliveries:
    def __init__(self, see: SeeDeliveries) -> None:
        self._see = see

    def __call__(self, order_uuids: Collection[UUID]) -> Sequence[DeliverySeen]:
        """Return the deliveries of these orders, the oldest first. Raises Unavailable."""
        return self._see(order_uuids)
