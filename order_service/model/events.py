"""Events that this service publishes and consumes."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from order_service.model.claim import Claim
from order_service.model.payment_method import PaymentMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """The fields of every event of this service."""

    event_uuid: UUID
    order_uuid: UUID
    user_uuid: UUID
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPaid(Announcement):
    """The order was paid; its ship can be built."""

    payment_method: PaymentMethod
    transaction_uuid: UUID


class EventRecord(NamedTuple):
    """The Kafka record of an event: where it is, and its timestamp."""

    partition: int
    offset: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipAssembled:
    """The ship of the order was built."""

    event_uuid: UUID
    order_uuid: UUID
    user_uuid: UUID
    build_time_s: int
    record: EventRecord


class BuiltShip(NamedTuple):
    """What an order keeps of its ship. An older consumer does not pass the record on."""

    build_time_s: int
    record: EventRecord | None = None


def order_paid(claim: Claim, transaction_uuid: UUID, *, at: datetime) -> OrderPaid:
    """Build the event of a payment; a repeat for the same order carries the same event_uuid."""
    return OrderPaid(
        event_uuid=uuid5(claim.order_uuid, "order.paid"),
        order_uuid=claim.order_uuid,
        user_uuid=claim.user_uuid,
        payment_method=claim.method,
        transaction_uuid=transaction_uuid,
        occurred_at=at,
    )
