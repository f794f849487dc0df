"""Events that are in the database and must get to Kafka."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEvent:
    """An event as it will go out: every publication of it is the same, byte for byte."""

    event_uuid: UUID
    topic: str
    key: str
    payload: bytes
    headers: Mapping[str, str]
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What came of publishing a batch: each event is acknowledged or has a reason why not."""

    acknowledged: tuple[UUID, ...] = ()
    refused: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redriven:
    """A paid order whose ship did not come in time, and how often it was asked for again."""

    order_uuid: UUID
    redrives: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """How many orders a batch of ShipAssembled moved, met again, or could not move.

    Foreign producers may announce ships of orders that are unknown, cancelled or not paid.
    """

    moved: int = 0
    repeated: int = 0
    not_paid: tuple[UUID, ...] = ()
    unknown: tuple[UUID, ...] = ()
