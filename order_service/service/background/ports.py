"""Ports of the background use cases."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from order_service.model.events import BuiltShip
from order_service.model.order import Assembled
from order_service.model.outbox import Lane, OutboxEvent, PaidOrder, Publication, RedrivePage

Publish = Callable[[Sequence[OutboxEvent]], Publication]


class EventPublisher(Protocol):
    def publish(self, events: Sequence[OutboxEvent]) -> Publication:
        """Publish and wait until every event is acknowledged or given up.

        Reports Kafka's failures in the result and does not raise them. An event that was given up
        may still have arrived; publishing it again is harmless.
        """


class Outbox(Protocol):
    """Every method is one transaction. All raise DatabaseUnavailable (a kind of Unavailable)."""

    def has_waiting(self, lane: Lane) -> bool:
        """Whether an event waits; cheap enough for many calls a second from one thread."""

    def publish_waiting(self, lane: Lane, publish: Publish, *, limit: int) -> Publication:
        """Publish the events that have waited longest and mark the acknowledged ones.

        The others move to the lane REFUSED. Skips events that another relay has locked. If the
        mark is lost, the same events wait again.
        """

    def waiting(self, lane: Lane, *, limit: int) -> Sequence[UUID]:
        """Return the events that have waited longest, including locked ones."""

    def redrive_overdue(self, *, limit: int, after: PaidOrder | None) -> RedrivePage:
        """Queue the events again whose ships are overdue, within one page of paid orders.

        An event is overdue 30 s after its publication, then 90 s, 270 s and 300 s after each
        further one. Skips events that another transaction has locked.
        """

    def delete_done(self, *, limit: int) -> int:
        """Delete events published 7 days ago, except those of paid orders; return how many."""


class AssembledOrders(Protocol):
    def mark_assembled(self, ships: Mapping[UUID, BuiltShip]) -> Assembled:
        """Move every paid order of the batch to ASSEMBLED, in one statement.

        A repeat moves nothing. Skips orders that another transaction has locked and names them.
        Raises DatabaseUnavailable (a kind of Unavailable).
        """
