"""A snapshot of the stores, and the violations found in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from libs.kafka.types import TopicPartition
from order_service.model.order import OrderStatus
from order_service.model.payment_method import PaymentMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSeen:
    """An order with its outbox rows; since is when payment was last tried or ended.

    is_announced says whether there is its OrderPaid. unpublished names the oldest event that waits
    for Kafka, waiting_since is when it was made, and last_error what Kafka said of it.
    """

    order_uuid: UUID
    status: OrderStatus
    is_claimed: bool = False
    since: datetime | None = None
    payment_method: PaymentMethod | None = None
    transaction_uuid: UUID | None = None
    is_announced: bool = False
    unpublished: str | None = None
    waiting_since: datetime | None = None
    last_error: str | None = None


class MalformedRecord(NamedTuple):
    """The position of a record that a group refused as malformed."""

    group: str
    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A group's committed and end offsets by partition; nothing committed is 0."""

    group: str
    committed: Mapping[TopicPartition, int]
    ends: Mapping[TopicPartition, int]


class Tasks(NamedTuple):
    """Number of tasks in one place, the oldest of them, and since when it is there."""

    number: int
    oldest: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One look into PostgreSQL, Kafka and Redis. Only pending dead letters count."""

    orders: tuple[OrderSeen, ...] = ()
    progress: tuple[Progress, ...] = ()
    dead_letters: frozenset[MalformedRecord] = frozenset()
    queues: Mapping[str, Tasks] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """A broken invariant. item identifies what is wrong; the text may change between looks."""

    invariant: str
    what: str
    item: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.invariant}: {self.what}"
