"""One event on its way to one chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from notification_service.model.event import Event, EventKey

KEPT = timedelta(days=60)
"""How long a finished delivery is kept: longer than records (7 days) and dead letters (14 days),
so that a replay from offset 0 sends nothing twice."""


class DeliveryState(StrEnum):
    NEW = "NEW"
    SENDING = "SENDING"
    SENT = "SENT"
    DEAD = "DEAD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An event to send to a chat.

    refusals counts Telegram's refusals of this message, put_offs its refusals in unknown words. An
    event that must go alone was in a refused digest.
    """

    event: Event
    chat_id: int
    refusals: int = 0
    put_offs: int = 0
    alone: bool = False

    @property
    def as_plain_text(self) -> bool:
        """Whether Telegram refused the formatting before."""
        return self.refusals > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """The new events of a batch, and those of them that share another order's event_uuid.

    chat_id is the chat's first id, which stays its key after a move.
    """

    chat_id: int
    new: int = 0
    shared: Sequence[EventKey] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to send to a chat; one run of a task holds it at a time."""

    chat_id: int
    lease_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """The chat's oldest due deliveries, to be sent after wait_s seconds.

    address is the chat's id at Telegram. outages counts the calls in a row that Telegram did not
    answer. Events of unknown_kinds are due too: they wait for a worker that knows them.
    """

    address: int
    wait_s: float
    due: Sequence[Delivery]
    outages: int = 0
    unknown_kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How many deliveries an attempt settled, and how many of them were given up."""

    count: int = 0
    given_up: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySeen:
    """A delivery, and what it waits for, until when if that is known."""

    kind: str
    order_uuid: UUID
    event_uuid: UUID
    chat_id: int
    state: DeliveryState
    attempts: int
    put_offs: int
    ambiguous: int
    occurred_at: datetime
    created_at: datetime
    sent_at: datetime | None
    message_id: int | None
    last_error: str | None
    waits_for: str | None
    until: datetime | None
