"""Shows the way of an order, and what the chat was told of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from order_service.model.delivery import Delivery
from order_service.model.errors import DeliveriesUnavailable
from order_service.model.timeline import Step, Timeline
from order_service.service.orders.ports import Deliveries, Timelines


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldTimeline:
    """What happened to an order, and its deliveries; None if nobody knows them now."""

    timeline: Timeline
    deliveries: Sequence[Delivery] | None

    def steps(self) -> Sequence[Step]:
        """Return the steps of the order, then those of its deliveries."""
        return [*self.timeline.steps(), *(each.step for each in self.deliveries or ())]


class ShowTimeline:
    """Without deliveries, as for a stack that tells nobody, all else of a timeline is shown."""

    def __init__(self, timelines: Timelines, deliveries: Deliveries | None = None) -> None:
        self._timelines = timelines
        self._deliveries = deliveries

    def __call__(self, order_uuid: UUID) -> ToldTimeline:
        """Return what happened to the order so far. Raises OrderNotFound, Unavailable.

        Answers as well while the deliveries are unavailable.
        """
        timeline = self._timelines.timeline(order_uuid)
        return ToldTimeline(timeline=timeline, deliveries=self._told(order_uuid))

    def _told(self, order_uuid: UUID) -> Sequence[Delivery] | None:
        if self._deliveries is None:
            return None
        try:
            return self._deliveries.of_orders([order_uuid])
        except DeliveriesUnavailable:
            return None
