"""Ports of the use cases."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from libs.resilience.monotonic import MonotonicClock
from notification_service.model.delivery import (
    Added,
    Delivery,
    DeliverySeen,
    Lease,
    Outlook,
    Settled,
)
from notification_service.model.event import Event, EventKey
from notification_service.model.heard import Heard
from notification_service.model.settlement import Settlement
from notification_service.model.text import Text

NewId = Callable[[], UUID]

SeeDeliveries = Callable[[Collection[UUID]], Sequence[DeliverySeen]]
"""Returns the deliveries of these orders' declared events, the oldest first. Raises Unavailable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """Time as a task sees it."""

    elapsed_s: MonotonicClock

    wait: Callable[[float], bool]
    """Waits the given seconds; returns True at once when the process is asked to stop."""


class DeliveryRepository(Protocol):
    """The deliveries and their chats. Every method may raise Unavailable and may be repeated."""

    def ensure_ready(self) -> None:
        """Check that deliveries can be stored. Raises Unavailable."""

    def add(self, events: Sequence[Event], chat_id: int) -> Added:
        """Add a due delivery for each event that the chat does not have yet.

        A chat that moved may be given by either of its ids.
        """

    def lease_chat(self, lease: Lease, *, lease_s: float) -> bool:
        """Take the chat for lease_s seconds; return False while another lease of it runs.

        Deliveries that an earlier holder left in SENDING become due again, marked ambiguous.
        """

    def release_chat(self, lease: Lease) -> None:
        """End the lease. Does nothing if another holder has it."""

    def look(self, chat_id: int, *, limit: int) -> Outlook:
        """Return the oldest due deliveries, and how long the chat must pause first.

        Those that were put off come behind all others. A kind of event that this version does not
        know is left alone and named; it holds up no other.
        """

    def claim(
        self, lease: Lease, attempt_id: UUID, events: Collection[EventKey], *, lease_s: float
    ) -> set[EventKey]:
        """Move due deliveries to SENDING, renew the lease, and return the moved ones.

        Moves none if the lease is over or another holder has it.
        """

    def settle(
        self, chat_id: int, attempt_id: UUID, settlement: Settlement, *, rest_s: float
    ) -> Settled:
        """Apply the settlement to the deliveries that are still SENDING under this attempt.

        A delivery that should be retried but is older than 24 h becomes DEAD instead. The chat
        pauses for rest_s. If none is left, another holder took over and nothing changes.
        """

    def chats_with_work(self) -> list[int]:
        """Return the chats that have deliveries to send or to recover, no lease and no pause."""

    def forget(self, *, older_than: timedelta, limit: int) -> int:
        """Delete at most limit finished deliveries of this age; return how many."""


class Messenger(Protocol):
    """Sends messages to chats."""

    def send(self, chat_id: int, text: Text, *, formatted: bool) -> int:
        """Send the text to the chat, once, within 10 s; return the message's id.

        Raises one of model.errors.
        """


class Talk(Protocol):
    """The bot's conversation. Every method may raise one of model.errors."""

    async def name(self) -> str:
        """Return the bot's user name, as used in groups."""

    async def hear(self, *, offset: int, timeout_s: int) -> Sequence[Heard]:
        """Wait for updates and return those from this one on.

        This confirms earlier updates: Telegram deletes them.
        """

    async def say(self, chat_id: int, text: Text) -> None: ...


class Wording(Protocol):
    """Writes messages in the configured language."""

    def message(self, delivery: Delivery) -> Text:
        """Write one event as a full message."""

    def digest(self, deliveries: Sequence[Delivery]) -> Text:
        """Write several events, one line each with all of its facts."""

    def welcome(self, chat_id: int) -> Text:
        """Write what will arrive and the chat's id."""


class SendQueue(Protocol):
    """Wakes the workers."""

    def send_soon(self, chat_id: int) -> None:
        """Ask a worker to send the chat's due deliveries.

        Only a hint: skipped while many wait, and a failure is logged, not raised. The sweep
        makes up for a lost hint.
        """
