"""The way of one order so far: what happened, when, and where to look it up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from order_service.model.events import EventRecord
from order_service.model.order import Order, OrderStatus


class StepName(StrEnum):
    CREATED = "created"
    CLAIMED = "claimed"
    CHARGED = "charged"
    PAID = "paid"
    PUBLISHED = "published"
    SHIP_DUE = "ship_due"
    SHIP_BUILT = "ship_built"
    ASSEMBLED = "assembled"
    CANCELLED = "cancelled"


class WaitsFor(StrEnum):
    """Who has the order's next step."""

    CUSTOMER = "customer"
    PAYMENT = "payment"
    OPERATOR = "operator"
    RELAY = "relay"
    SHIP = "ship"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedEvent:
    """The order's OrderPaid in the outbox. The record's place is unknown for an older relay's."""

    event_uuid: UUID
    topic: str
    occurred_at: datetime
    published_at: datetime | None = None
    partition: int | None = None
    offset: int | None = None
    redrives: int = 0
    refused_at: datetime | None = None
    last_error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that happened, or will. found_in names the column, topic or queue that knows it."""

    name: str
    at: datetime
    found_in: str
    details: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """All that the database keeps of an order. The outbox keeps a published event for 7 days."""

    order: Order
    updated_at: datetime
    assembled_topic: str
    claimed_at: datetime | None = None
    event: QueuedEvent | None = None
    ship: EventRecord | None = None

    @property
    def since(self) -> datetime:
        """When the last step happened."""
        return max(step.at for step in self.steps() if step.name is not StepName.SHIP_DUE)

    @property
    def waits_for(self) -> WaitsFor | None:
        """None if nothing is left to do for the order."""
        match self.order.status:
            case OrderStatus.PENDING_PAYMENT:
                return self._unpaid_waits_for()
            case OrderStatus.PAID:
                is_published = self.event is None or self.event.published_at is not None
                return WaitsFor.SHIP if is_published else WaitsFor.RELAY
            case _:
                return None

    def steps(self) -> Sequence[Step]:
        """Return the known steps, in the order of the way."""
        return [*self._payment(), *self._publication(), *self._assembly()]

    def _unpaid_waits_for(self) -> WaitsFor:
        claim = self.order.claim
        if claim is None:
            return WaitsFor.CUSTOMER
        return WaitsFor.PAYMENT if claim.doubt is None else WaitsFor.OPERATOR

    def _payment(self) -> Iterator[Step]:
        order, claim = self.order, self.order.claim
        yield Step(name=StepName.CREATED, at=order.created_at, found_in="orders.created_at")
        if claim is not None:
            held = {"payment_method": claim.method.value, "claim_id": str(claim.claim_id)}
            yield Step(
                name=StepName.CLAIMED,
                at=claim.paying_since,
                found_in="orders.paying_since",
                details=held,
            )
        elif self.claimed_at is not None:
            yield Step(name=StepName.CLAIMED, at=self.claimed_at, found_in="orders.claimed_at")
        if order.paid_at is not None:
            yield Step(
                name=StepName.CHARGED,
                at=order.paid_at,
                found_in="orders.paid_at",
                details={"transaction_uuid": str(order.transaction_uuid)},
            )
        if order.status is OrderStatus.CANCELLED:
            yield Step(name=StepName.CANCELLED, at=self.updated_at, found_in="orders.updated_at")

    def _publication(self) -> Iterator[Step]:
        event = self.event
        if event is None:
            return
        known: dict[str, str | int] = {
            "event_uuid": str(event.event_uuid),
            "redrives": event.redrives,
        }
        yield Step(
            name=StepName.PAID, at=event.occurred_at, found_in="outbox.occurred_at", details=known
        )
        if event.published_at is not None:
            yield Step(
                name=StepName.PUBLISHED,
                at=event.published_at,
                found_in="outbox.published_at",
                details=_place(event.topic, event.partition, event.offset),
            )
        if self.order.build_time_s is not None:
            yield self.ship_due(self.order.build_time_s)

    def ship_due(self, build_time_s: int) -> Step:
        """Return when the ship of the published event is due."""
        begun = self.event.occurred_at if self.event else self.order.created_at
        return Step(
            name=StepName.SHIP_DUE,
            at=begun + timedelta(seconds=build_time_s),
            found_in="outbox.occurred_at + build time",
            details={"build_time_s": build_time_s},
        )

    def _assembly(self) -> Iterator[Step]:
        if self.ship is not None:
            yield Step(
                name=StepName.SHIP_BUILT,
                at=self.ship.at,
                found_in="record of ShipAssembled",
                details=_place(self.assembled_topic, self.ship.partition, self.ship.offset),
            )
        if self.order.assembled_at is not None:
            yield Step(
                name=StepName.ASSEMBLED,
                at=self.order.assembled_at,
                found_in="orders.assembled_at",
            )


def _place(topic: str, partition: int | None, offset: int | None) -> Mapping[str, str | int]:
    if partition is None or offset is None:
        return {"topic": topic}
    return {"topic": topic, "partition": partition, "offset": offset}
