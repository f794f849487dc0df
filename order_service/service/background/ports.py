"""What the work behind the REST calls needs from outside."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from order_service.model.events import ShipAssembled
from order_service.model.order import Assembled
from order_service.model.outbox import (
    Lane,
    OutboxEvent,
    PaidOrder,
    Publication,
    RedrivePage,
)

Publish = Callable[[Sequence[OutboxEvent]], Publication]


class EventPublisher(Protocol):
    def publish(self, events: Sequence[OutboxEvent]) -> Publication:
        """Wait until every event is acknowledged or given up; raises nothing for Kafka's sake.

        An event that was given up may have arrived all the same; publishing it again is harmless.
        """
        ...


class Outbox(Protocol):
    """Every method is one transaction. All raise DatabaseUnavailable (a kind of Unavailable)."""

    def has_waiting(self, lane: Lane) -> bool:
        """Whether an event waits; cheap enough to be asked many times a second, by one thread."""
        ...

    def publish_waiting(self, lane: Lane, publish: Publish, *, limit: int) -> Publication:
        """Publish the events that have waited longest and mark those that were acknowledged.

        The others wait on, in the lane REFUSED. Events that somebody else has locked at this
        moment, as another relay does, are passed over. When the mark is lost the same events wait
        again.
        """
        ...

    def waiting(self, lane: Lane, *, limit: int) -> Sequence[UUID]:
        """Return the events that have waited longest, locked or not."""
        ...

    def redrive_overdue(self, *, limit: int, after: PaidOrder | None) -> RedrivePage:
        """Have the events wait again whose ships are overdue, of one page of paid orders.

        An event is overdue 30 s after its publication, then 90 s, 270 s, 300 s after each
        further one. Events that somebody else has locked are passed over.
        """
        ...

    def delete_done(self, *, limit: int) -> int:
        """Delete events published 7 days ago whose orders wait for no ship; return how many."""
        ...


class AssembledOrders(Protocol):
    def mark_assembled(self, build_times_s: Mapping[UUID, int]) -> Assembled:
        """Move every paid order of the batch to ASSEMBLED, in one statement.

        A repeat moves nothing. Orders that somebody else has locked are passed over and named.
        Raises DatabaseUnavailable (a kind of Unavailable).
        """
        ...


class AssemblyQueue(Protocol):
    def mark_later(self, events: Sequence[ShipAssembled]) -> None:
        """Have the orders of the whole batch marked ASSEMBLED, by one task.

        Returns once the hand-off is acknowledged. Raises Unavailable; a repeat is harmless.
        """
        ...
