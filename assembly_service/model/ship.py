"""A ship under construction and the event that ends it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

ASSEMBLED_EVENT_NAME = "order.assembled"
"""Hashed with the OrderPaid's id into the ShipAssembled's id, so a repeat has the same id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ship:
    paid_event_uuid: UUID
    order_uuid: UUID
    user_uuid: UUID
    build_time_s: int
    traceparent: str | None = None

    def assembled(self, at: datetime) -> "ShipAssembled":
        return ShipAssembled(
            event_uuid=uuid5(self.paid_event_uuid, ASSEMBLED_EVENT_NAME),
            order_uuid=self.order_uuid,
            user_uuid=self.user_uuid,
            build_time_s=self.build_time_s,
            occurred_at=at,
            traceparent=self.traceparent,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipAssembled:
    event_uuid: UUID
    order_uuid: UUID
    user_uuid: UUID
    build_time_s: int
    occurred_at: datetime
    traceparent: str | None = None
