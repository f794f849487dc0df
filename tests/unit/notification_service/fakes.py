"""In-memory ports of the notification service."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from libs.contracts.events.declared import TOLD
from libs.errors import AppError
from notification_service.model.delivery import (
    Added,
    Delivery,
    DeliveryState,
    Lease,
    Outlook,
    Settled,
)
from notification_service.model.event import Event, EventKey
from notification_service.model.settlement import Settlement
from notification_service.model.text import Text
from notification_service.service.ports import (
    DeliveryRepository,
    Messenger,
    Pulse,
    SendQueue,
    Wording,
)

KINDS = {event.kind for event in TOLD}
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
TRY_FOR = timedelta(hours=24)


class FakeTime:
    """A clock that a wait advances."""

    def __init__(self, now: datetime = datetime(2026, 3, 1, 13, 0, tzinfo=UTC)) -> None:
        self.now = now
        self.waits: list[float] = []
        self.stop_after_waits: int | None = None

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def elapsed_s(self) -> float:
        return self.now.timestamp()

    def wait(self, seconds: float) -> bool:
        if seconds > 0:
            self.waits.append(seconds)
        self.pass_by(seconds)
        return self.stop_after_waits is not None and len(self.waits) >= self.stop_after_waits

    def pulse(self) -> Pulse:
        return Pulse(elapsed_s=self.elapsed_s, wait=self.wait)


@dataclass
class Row:
    delivery: Delivery
    created_at: datetime
    state: DeliveryState = DeliveryState.NEW
    attempt_id: UUID | None = None
    ambiguous: int = 0
    message_id: int | None = None
    error: str | None = None
    due_at: datetime = LONG_AGO


@dataclass
class Chat:
    lease_id: UUID | None = None
    sending_until: datetime = LONG_AGO
    next_send_at: datetime = LONG_AGO
    blocked_until: datetime = LONG_AGO
    outages: int = 0
    moved_to: int | None = None


class FakeDeliveries(DeliveryRepository):
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.rows: dict[tuple[EventKey, int], Row] = {}
        self.chats: dict[int, Chat] = {}
        self.failures_of_settle: list[AppError] = []

    def ensure_ready(self) -> None:
        """Do nothing: memory is always ready."""

    def add(self, events: Sequence[Event], chat_id: int) -> Added:
        chat_id = self._home(chat_id)
        self.chats.setdefault(chat_id, Chat())
        new = {event.key: event for event in events if (event.key, chat_id) not in self.rows}
        for key, event in new.items():
            row = Row(Delivery(event=event, chat_id=chat_id), self._clock())
            self.rows[key, chat_id] = row
        shared = [key for key in new if self._is_shared(key)]
        return Added(chat_id=chat_id, new=len(new), shared=shared)

    def _home(self, chat_id: int) -> int:
        moved = (home for home, chat in self.chats.items() if chat.moved_to == chat_id)
        return next(moved, chat_id)

    def lease_chat(self, lease: Lease, *, lease_s: float) -> bool:
        chat = self.chats.get(lease.chat_id)
        if not chat or (chat.sending_until > self._clock() and chat.lease_id != lease.lease_id):
            return False
        chat.lease_id = lease.lease_id
        chat.sending_until = self._clock() + timedelta(seconds=lease_s)
        for row in self._of(lease.chat_id, DeliveryState.SENDING):
            self._put_back(row)
            row.ambiguous += 1
        return True

    def release_chat(self, lease: Lease) -> None:
        chat = self.chats[lease.chat_id]
        if chat.lease_id == lease.lease_id:
            chat.lease_id, chat.sending_until = None, LONG_AGO

    def look(self, chat_id: int, *, limit: int) -> Outlook:
        chat, now = self.chats.get(chat_id, Chat()), self._clock()
        free_at = max(chat.next_send_at, chat.blocked_until, now)
        due = [each.delivery for each in self._due(chat_id)]
        first = {each.event.kind for each in due[:limit]}
        return Outlook(
            address=chat.moved_to or chat_id,
            wait_s=(free_at - now).total_seconds(),
            due=[each for each in due if each.event.kind in KINDS][:limit],
            outages=chat.outages,
            unknown_kinds=frozenset(first - KINDS),
        )

    def claim(
        self, lease: Lease, attempt_id: UUID, events: Collection[EventKey], *, lease_s: float
    ) -> set[EventKey]:
        chat = self.chats[lease.chat_id]
        if chat.lease_id != lease.lease_id or chat.sending_until <= self._clock():
            return set()
        chat.sending_until = self._clock() + timedelta(seconds=lease_s)
        for each in events:
            row = self.rows[each, lease.chat_id]
            if row.state is DeliveryState.NEW:
                row.state, row.attempt_id = DeliveryState.SENDING, attempt_id
        return {each for each in events if self.rows[each, lease.chat_id].attempt_id == attempt_id}

    def settle(
        self, chat_id: int, attempt_id: UUID, settlement: Settlement, *, rest_s: float
    ) -> Settled:
        if self.failures_of_settle:
            raise self.failures_of_settle.pop(0)
        mine = [
            row for row in self._of(chat_id, DeliveryState.SENDING) if row.attempt_id == attempt_id
        ]
        for row in mine:
            self._settle(row, settlement)
        if mine:
            self._rest(self.chats[chat_id], settlement, rest_s)
        given_up = sum(row.state is DeliveryState.DEAD for row in mine)
        return Settled(count=len(mine), given_up=given_up)

    def chats_with_work(self) -> list[int]:
        return sorted(
            chat_id
            for chat_id, chat in self.chats.items()
            if max(chat.sending_until, chat.blocked_until) <= self._clock()
            and (
                any(row.delivery.event.kind in KINDS for row in self._due(chat_id))
                or self._of(chat_id, DeliveryState.SENDING)
            )
        )

    def forget(self, *, older_than: timedelta, limit: int) -> int:
        finished = {DeliveryState.SENT, DeliveryState.DEAD}
        old = [
            key
            for key, row in self.rows.items()
            if row.state in finished and row.created_at < self._clock() - older_than
        ][:limit]
        for key in old:
            del self.rows[key]
        return len(old)

    def states(self) -> list[DeliveryState]:
        return [row.state for row in self.rows.values()]

    def _is_shared(self, key: EventKey) -> bool:
        return any(
            (other.kind, other.event_uuid) == (key.kind, key.event_uuid)
            and other.order_uuid != key.order_uuid
            for other, _ in self.rows
        )

    def _settle(self, row: Row, settlement: Settlement) -> None:
        row.state = settlement.state
        row.delivery = replace(
            row.delivery,
            refusals=row.delivery.refusals + settlement.refused,
            put_offs=row.delivery.put_offs + (settlement.put_off_s > 0),
            alone=row.delivery.alone or settlement.alone,
        )
        if settlement.put_off_s:
            row.due_at = self._clock() + timedelta(seconds=settlement.put_off_s)
        row.ambiguous += settlement.ambiguous
        row.message_id = settlement.message_id
        row.error = settlement.error
        if settlement.state is DeliveryState.NEW:
            self._put_back(row)

    def _put_back(self, row: Row) -> None:
        too_old = row.created_at < self._clock() - TRY_FOR
        row.state = DeliveryState.DEAD if too_old else DeliveryState.NEW
        row.attempt_id = None

    def _rest(self, chat: Chat, settlement: Settlement, rest_s: float) -> None:
        now = self._clock()
        chat.next_send_at = max(chat.next_send_at, now + timedelta(seconds=rest_s))
        chat.blocked_until = max(chat.blocked_until, now + timedelta(seconds=settlement.pause_s))
        chat.outages = chat.outages + 1 if settlement.outage else 0
        chat.moved_to = settlement.moved_to or chat.moved_to

    def _of(self, chat_id: int, state: DeliveryState) -> list[Row]:
        rows = [
            row
            for row in self.rows.values()
            if row.delivery.chat_id == chat_id and row.state is state
        ]
        return sorted(rows, key=lambda row: (row.due_at, row.delivery.event.occurred_at))

    def _due(self, chat_id: int) -> list[Row]:
        return [r for r in self._of(chat_id, DeliveryState.NEW) if r.due_at <= self._clock()]


@dataclass
class FakeMessenger(Messenger):
    """Stores sent texts; raises scripted errors first, or for texts that contain a word."""

    failures: list[Exception] = field(default_factory=list)
    refusals: dict[str, AppError] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    formatted: list[bool] = field(default_factory=list)
    on_send: Callable[[], object] = lambda: None
    chats: list[int] = field(default_factory=list)

    def send(self, chat_id: int, text: Text, *, formatted: bool) -> int:
        self.on_send()
        self.chats.append(chat_id)
        self.formatted.append(formatted)
        if self.failures:
            raise self.failures.pop(0)
        for word, refusal in self.refusals.items():
            if word in text.plain:
                raise refusal
        self.sent.append(text.plain)
        return len(self.sent)


class FakeWording(Wording):
    """Writes the numbers of the payment methods, separated by commas."""

    def message(self, delivery: Delivery) -> Text:
        return Text(delivery.event.facts["payment_method"])

    def digest(self, deliveries: Sequence[Delivery]) -> Text:
        return Text(",".join(each.event.facts["payment_method"] for each in deliveries))

    def welcome(self, chat_id: int) -> Text:
        return Text(f"welcome {chat_id}")


@dataclass
class FakeSendQueue(SendQueue):
    asked: list[int] = field(default_factory=list)

    def send_soon(self, chat_id: int) -> None:
        self.asked.append(chat_id)
