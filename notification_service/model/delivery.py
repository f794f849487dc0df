"""One event on its way to one chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from notification_service.model.event import Event, EventKey

KEPT = timedelta(days=60)
"""How long a finished delivery is kept: longer than topics (7 days) and dead letters (14 days), so
that a replay from offset 0 sends nothing a second time."""


class DeliveryState(StrEnum):
    NEW = "NEW"
    SENDING = "SENDING"
    SENT = "SENT"
    DEAD = "DEAD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An event that a chat has to hear about.

    refusals counts Telegram's answers that it does not want this very message, put_offs those that
    nobody understands. An event that must go alone was in a digest that Telegram refused.
    """

    event: Event
    chat_id: int
    refusals: int = 0
    put_offs: int = 0
    alone: bool = False

    @property
    def as_plain_text(self) -> bool:
        """Whether the formatting was refused before."""
        return self.refusals > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What was new among a batch of events; of that, what has another order's event_uuid.

    chat_id is what the chat is called here: the id that it had at first.
    """

    chat_id: int
    new: int = 0
    shared: Sequence[EventKey] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to send to a chat, held by one run of a task at a time."""

    chat_id: int
    lease_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a chat may be sent now: the oldest due deliveries, after wait_s seconds of silence.

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
    """How many deliveries an attempt's end has settled; of those, how many are told never more."""

    count: int = 0
    given_up: int = 0
