"""Events that are in the database and must get to Kafka."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
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


class Lane(StrEnum):
    """Where an event waits. Each lane is relayed for itself, so that none holds up another."""

    RECENT = "recent"
    """Of an order that was paid in the last 10 s."""

    LATE = "late"
    """Of an older payment: left by an outage, or asked for again."""

    REFUSED = "refused"
    """Could not be published the last time, whatever the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why an event was not acknowledged; a local one is the event's own: Kafka answers."""

    reason: str
    local: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What came of publishing a batch: each event is acknowledged or has a reason why not."""

    acknowledged: tuple[UUID, ...] = ()
    refused: Mapping[UUID, Refusal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redriven:
    """A paid order whose ship did not come in time, and how often it was asked for again."""

    order_uuid: UUID
    redrives: int


class PaidOrder(NamedTuple):
    """How far somebody has gone through the orders that wait for their ships, the oldest first."""

    paid_at: datetime
    order_uuid: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RedrivePage:
    """What was redriven of a page of paid orders; last is None if there was no order on it."""

    redriven: tuple[Redriven, ...] = ()
    last: PaidOrder | None = None
