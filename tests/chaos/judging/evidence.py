"""The answers to clients, and the content of the stores once the system is quiet."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from libs.contracts.events.declared import EVENTS
from order_service.model.evidence import Evidence, Violation

READ_BY = {event.group(reader): event.topic for event in EVENTS for reader in event.readers}
"""The groups that must have read everything; group to topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What a client was answered about one order. Neither paid nor cancelled means unknown."""

    order_uuid: UUID
    is_paid: bool = False
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A line of the payment ledger."""

    order_uuid: UUID
    method: str
    transaction_uuid: UUID


class Told(NamedTuple):
    """The event of a chat message."""

    kind: str
    order_uuid: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySeen:
    about: Told
    state: str
    ambiguous: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Everything that one look read; history holds backward moves that were seen before.

    last_due_at is when the last ship would have been ready without a fault.
    """

    evidence: Evidence = field(default_factory=Evidence)
    promises: tuple[Promise, ...] = ()
    served_twice: tuple[UUID, ...] = ()
    """Users who got two orders for one key."""
    charges: tuple[Charge, ...] = ()
    deliveries: tuple[DeliverySeen, ...] = ()
    told: Counter[Told] = field(default_factory=Counter)
    condemned: frozenset[Told] = frozenset()
    """Events that Telegram was made to refuse for good."""
    last_due_at: datetime | None = None
    history: tuple[Violation, ...] = ()
    memory_mib: Mapping[str, float] = field(default_factory=dict, compare=False)
    """Changes without any work."""
