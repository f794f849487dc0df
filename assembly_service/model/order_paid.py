"""The event that starts a ship."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPaid:
    """The fields that building needs; recorded_at is the Kafka record's timestamp."""

    event_uuid: UUID
    order_uuid: UUID
    user_uuid: UUID
    recorded_at: datetime
    traceparent: str | None = None
