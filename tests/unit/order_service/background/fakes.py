"""In-memory ports of the background use cases."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self
from uuid import UUID, uuid5

from libs.errors import Unavailable
from order_service.model.outbox import (
    Lane,
    OutboxEvent,
    PaidOrder,
    Publication,
    Redriven,
    RedrivePage,
    Refusal,
)
from order_service.service.background.ports import EventPublisher, Outbox, Publish

PAID_AT = datetime(2030, 1, 1, 12, tzinfo=UTC)

ORDER_ID = UUID("0d6f6f0a-3c1b-4b43-9d1c-2d6f1c1e7a22")


def an_event(number: int = 0) -> OutboxEvent:
    return OutboxEvent(
        event_uuid=uuid5(ORDER_ID, str(number)),
        topic="order.paid",
        key=str(ORDER_ID),
        payload=b"paid",
        headers={"event-type": "events.v1.OrderPaid"},
        occurred_at=PAID_AT,
    )


@dataclass
class FakeOutbox(Outbox):
    """Refused events move to the lane REFUSED; locked events cannot be taken."""

    waiting_in: dict[Lane, list[OutboxEvent]] = field(
        default_factory=lambda: {lane: [] for lane in Lane}
    )
    locked: set[UUID] = field(default_factory=set)
    overdue: list[Redriven] = field(default_factory=list)
    done: int = 0
    down: bool = False

    def add(self, *events: OutboxEvent, lane: Lane = Lane.RECENT) -> Self:
        self.waiting_in[lane] += events
        return self

    def has_waiting(self, lane: Lane) -> bool:
        if self.down:
            raise Unavailable("no database")
        return bool(self.waiting_in[lane])

    def publish_waiting(self, lane: Lane, publish: Publish, *, limit: int) -> Publication:
        free = [event for event in self.waiting_in[lane] if event.event_uuid not in self.locked]
        taken = free[:limit]
        if not taken:
            return Publication()
        publication = publish(taken)
        refused = [event for event in taken if event.event_uuid in publication.refused]
        gone = {*publication.acknowledged, *publication.refused}
        self.waiting_in[lane] = [e for e in self.waiting_in[lane] if e.event_uuid not in gone]
        self.waiting_in[Lane.REFUSED] += refused
        return publication

    def waiting(self, lane: Lane, *, limit: int) -> Sequence[UUID]:
        return [event.event_uuid for event in self.waiting_in[lane][:limit]]

    def redrive_overdue(self, *, limit: int, after: PaidOrder | None) -> RedrivePage:
        redriven, self.overdue = self.overdue[:limit], self.overdue[limit:]
        last = PaidOrder(PAID_AT, redriven[-1].order_uuid) if redriven else None
        return RedrivePage(redriven=tuple(redriven), last=last)

    def delete_done(self, *, limit: int) -> int:
        deleted = min(self.done, limit)
        self.done -= deleted
        return deleted


@dataclass
class FakePublisher(EventPublisher):
    """Acknowledges everything but the events in refusing."""

    refusing: set[UUID] = field(default_factory=set)
    published: list[UUID] = field(default_factory=list)
    reason: str = "no answer"
    local: bool = False

    def publish(self, events: Sequence[OutboxEvent]) -> Publication:
        ids = [event.event_uuid for event in events]
        acknowledged = tuple(each for each in ids if each not in self.refusing)
        self.published += acknowledged
        return Publication(
            acknowledged=acknowledged,
            refused={
                each: Refusal(reason=self.reason, local=self.local)
                for each in ids
                if each in self.refusing
            },
        )
