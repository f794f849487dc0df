"""What the work behind the REST calls needs from outside."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from order_service.model.events import ShipAssembled
from order_service.model.outbox import Assembled, OutboxEvent, Publication, Redriven

Publish = Callable[[Sequence[OutboxEvent]], Publication]


class EventPublisher(Protocol):
    def publish(self, events: Sequence[OutboxEvent]) -> Publication:
        """Wait until every event is acknowledged or given up; raises nothing for Kafka's sake.

        An event that was given up may have arrived all the same; publishing it again is harmless.
        """
        ...


class Outbox(Protocol):
    """Every method is one transaction. All raise DatabaseUnavailable (a kind of Unavailable)."""

    def has_waiting(self) -> bool:
        """Whether an event waits; cheap enough to be asked many times a second, by one thread."""
        ...

    def publish_waiting(self, publish: Publish, *, limit: int) -> Publication:
        """Publish the oldest waiting events and mark those that were acknowledged.

        Events that another relay is publishing at this moment are passed over. When the mark is
        lost the same events wait again.
        """
        ...

    def redrive_overdue(self, *, limit: int) -> Sequence[Redriven]:
        """Have the events of paid orders wait again whose ships are overdue, the oldest first.

        An event is overdue 30 s after its publication, then 90 s, 270 s, 300 s after each
        further one.
        """
        ...

    def delete_done(self, *, limit: int) -> int:
        """Delete events published 7 days ago whose orders are assembled; return how many."""
        ...


class AssembledOrders(Protocol):
    def mark_assembled(self, build_times_s: Mapping[UUID, int]) -> Assembled:
        """Move every paid order of the batch to ASSEMBLED, in one statement.

        A repeat moves nothing. Raises DatabaseUnavailable (a kind of Unavailable).
        """
        ...


class AssemblyQueue(Protocol):
    def mark_later(self, events: Sequence[ShipAssembled]) -> None:
        """Have the orders of the whole batch marked ASSEMBLED, by one task.

        Returns once the hand-off is acknowledged. Raises Unavailable; a repeat is harmless.
        """
        ...
