"""The background ports in memory."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid5

from libs.errors import Unavailable
from order_service.model.outbox import Assembled, OutboxEvent, Publication, Redriven
from order_service.service.background_ports import (
    AssembledOrders,
    EventPublisher,
    Outbox,
    Publish,
)

ORDER_ID = UUID("0d6f6f0a-3c1b-4b43-9d1c-2d6f1c1e7a22")


def an_event(number: int = 0) -> OutboxEvent:
    return OutboxEvent(
        event_uuid=uuid5(ORDER_ID, str(number)),
        topic="order.paid",
        key=str(ORDER_ID),
        payload=b"paid",
        headers={"event-type": "events.v1.OrderPaid"},
        occurred_at=datetime(2030, 1, 1, 12, tzinfo=UTC),
    )


@dataclass
class FakeOutbox(Outbox):
    waiting: list[OutboxEvent] = field(default_factory=list)
    overdue: list[Redriven] = field(default_factory=list)
    done: int = 0
    down: bool = False

    def has_waiting(self) -> bool:
        if self.down:
            raise Unavailable("no database")
        return bool(self.waiting)

    def publish_waiting(self, publish: Publish, *, limit: int) -> Publication:
        publication = publish(self.waiting[:limit])
        self.waiting = [e for e in self.waiting if e.event_uuid not in publication.acknowledged]
        return publication

    def redrive_overdue(self, *, limit: int) -> Sequence[Redriven]:
        redriven, self.overdue = self.overdue[:limit], self.overdue[limit:]
        return redriven

    def delete_done(self, *, limit: int) -> int:
        deleted = min(self.done, limit)
        self.done -= deleted
        return deleted


@dataclass
class FakePublisher(EventPublisher):
    """Acknowledges everything but the events in refusing."""

    refusing: set[UUID] = field(default_factory=set)
    published: list[UUID] = field(default_factory=list)

    def publish(self, events: Sequence[OutboxEvent]) -> Publication:
        ids = [event.event_uuid for event in events]
        acknowledged = tuple(each for each in ids if each not in self.refusing)
        self.published += acknowledged
        return Publication(
            acknowledged=acknowledged,
            refused={each: "no leader" for each in ids if each in self.refusing},
        )


@dataclass
class FakeAssembledOrders(AssembledOrders):
    answer: Assembled
    asked: list[Mapping[UUID, int]] = field(default_factory=list)

    def mark_assembled(self, build_times_s: Mapping[UUID, int]) -> Assembled:
        self.asked.append(build_times_s)
        return self.answer


@contextmanager
def alone() -> Iterator[bool]:
    yield True


@contextmanager
def not_alone() -> Iterator[bool]:
    yield False
