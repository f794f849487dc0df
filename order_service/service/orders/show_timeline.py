"""Shows the way of an order."""

from uuid import UUID

from order_service.model.timeline import Timeline
from order_service.service.orders.ports import Timelines


class ShowTimeline:
    def __init__(self, timelines: Timelines) -> None:
        self._timelines = timelines

    def __call__(self, order_uuid: UUID) -> Timeline:
        """Return what happened to the order so far. Raises OrderNotFound, Unavailable."""
        return self._timelines.timeline(order_uuid)
