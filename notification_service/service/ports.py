"""What the use cases need of the world."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from libs.resilience.monotonic import MonotonicClock
from notification_service.model.delivery import Added, Delivery, Lease, Outlook, Settled
from notification_service.model.event import Event, EventKey
from notification_service.model.heard import Heard
from notification_service.model.settlement import Settlement
from notification_service.model.text import Text

NewId = Callable[[], UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """Time as a task sees it."""

    elapsed_s: MonotonicClock

    wait: Callable[[float], bool]
    """Waits so many seconds; True, at once, when the process is asked to stop."""


class DeliveryRepository(Protocol):
    """The deliveries and their chats. Every method may raise Unavailable and may be repeated."""

    def ensure_ready(self) -> None:
        """Look whether deliveries can be kept. Raises Unavailable if not."""
        ...

    def add(self, events: Sequence[Event], chat_id: int) -> Added:
        """Make each event due for the chat, if it was not known yet.

        A chat that moved may be named by either of its ids.
        """
        ...

    def lease_chat(self, lease: Lease, *, lease_s: float) -> bool:
        """Take the chat for lease_s seconds; False while another lease of it is running.

        What an earlier holder left in SENDING becomes due again, ambiguous.
        """
        ...

    def release_chat(self, lease: Lease) -> None:
        """Let the next one in. Does nothing if the lease has gone to another holder."""
        ...

    def look(self, chat_id: int, *, limit: int) -> Outlook:
        """Return the oldest due deliveries, and how long the chat must rest first.

        Those that were put off come behind all others. A kind of event that this version does not
        know is left alone and named; it holds up no other.
        """
        ...

    def claim(
        self, lease: Lease, attempt_id: UUID, events: Collection[EventKey], *, lease_s: float
    ) -> set[EventKey]:
        """Move due deliveries to SENDING, renew the lease, and return those that were moved.

        None of them is if the lease is over or has gone to another holder.
        """
        ...

    def settle(
        self, chat_id: int, attempt_id: UUID, settlement: Settlement, *, rest_s: float
    ) -> Settled:
        """Apply the settlement to what is still SENDING under this attempt.

        A delivery that should be tried again but is older than 24 h is DEAD instead. The chat
        rests for rest_s seconds. If none is left, somebody else took over and nothing changes.
        """
        ...

    def chats_with_work(self) -> list[int]:
        """Return the chats that have deliveries to send or to recover, no lease and no pause."""
        ...

    def forget(self, *, older_than: timedelta, limit: int) -> int:
        """Delete at most limit finished deliveries that were made so long ago; how many."""
        ...


class Messenger(Protocol):
    """Speaks in chats."""

    def send(self, chat_id: int, text: Text, *, formatted: bool) -> int:
        """Write the text into the chat, once, within 10 s; return the message's id.

        Raises one of model.errors.
        """
        ...


class Talk(Protocol):
    """The bot's own conversation. Every method raises one of model.errors."""

    async def name(self) -> str:
        """Return the name by which groups call the bot."""
        ...

    async def hear(self, *, offset: int, timeout_s: int) -> Sequence[Heard]:
        """Wait for news, and return what was heard from this update on.

        What was before it is forgotten by Telegram.
        """
        ...

    async def say(self, chat_id: int, text: Text) -> None: ...


class Wording(Protocol):
    """Finds the words, in the configured language."""

    def message(self, delivery: Delivery) -> Text:
        """Tell one event at length."""
        ...

    def digest(self, deliveries: Sequence[Delivery]) -> Text:
        """Tell several events, a line each with all of its facts."""
        ...

    def welcome(self, chat_id: int) -> Text:
        """Say what will arrive and show the chat's id."""
        ...


class SendQueue(Protocol):
    """Wakes the workers."""

    def send_soon(self, chat_id: int) -> None:
        """Ask for the chat's due deliveries to be sent.

        Only a hint: left out while many wait; a failure is logged, never raised. The sweep repairs.
        """
        ...
