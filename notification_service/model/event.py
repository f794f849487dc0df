"""The events that chats are notified of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class EventKey(NamedTuple):
    """Identifies an event; a repeat has the same key.

    An event_uuid alone is not enough: most foreign producers reuse the OrderPaid's event_uuid for
    ShipAssembled, and some use one event_uuid for several orders.
    """

    kind: str
    order_uuid: UUID
    event_uuid: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to an order, which its facts name; its kind names its templates."""

    event_uuid: UUID
    kind: str
    facts: Mapping[str, str]
    occurred_at: datetime

    @property
    def key(self) -> EventKey:
        return EventKey(self.kind, UUID(self.facts["order_uuid"]), self.event_uuid)
