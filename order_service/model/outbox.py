"""Events in the database that wait to be published to Kafka."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from libs.kafka.types import StoredAt


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEvent:
    """An event as it is published; every publication is the same, byte for byte."""

    event_uuid: UUID
    topic: str
    key: str
    payload: bytes
    headers: Mapping[str, str]
    occurred_at: datetime


class Lane(StrEnum):
    """A queue of waiting events. Lanes are relayed separately, so none delays another."""

    RECENT = "recent"
    """Events of orders that were paid in the last 10 s."""

    LATE = "late"
    """Events of older payments: left over by an outage, or redriven."""

    REFUSED = "refused"
    """Events whose last publication failed, for any reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why an event was not acknowledged. is_local: the event itself is at fault, not Kafka."""

    reason: str
    local: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """The result of publishing a batch: each event is acknowledged or has a refusal.

    stored_at says where an acknowledged event's record is, if Kafka told it.
    """

    acknowledged: tuple[UUID, ...] = ()
    refused: Mapping[UUID, Refusal] = field(default_factory=dict)
    stored_at: Mapping[UUID, StoredAt] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.acknowledged) + len(self.refused)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redriven:
    """A paid order whose ship is overdue, and how often its event was redriven."""

    order_uuid: UUID
    redrives: int


class PaidOrder(NamedTuple):
    """A position in the list of orders that wait for their ships, oldest first."""

    paid_at: datetime
    order_uuid: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RedrivePage:
    """The orders redriven from one page of paid orders; last is None for an empty page."""

    redriven: tuple[Redriven, ...] = ()
    last: PaidOrder | None = None
