"""A chat with due events, and the use case on fakes."""

from collections.abc import Sequence

from notification_service.model.delivery import DeliveryState
from notification_service.model.event import Event
from notification_service.model.pace import Pace
from notification_service.service.send_next import SendNext
from notification_service.service.send_pending import SendPending
from tests.support.ids import counted_ids
from tests.unit.notification_service.builders import CHAT, a_paid_event
from tests.unit.notification_service.fakes import (
    FakeDeliveries,
    FakeMessenger,
    FakeSendQueue,
    FakeTime,
    FakeWording,
    Row,
)

UNFINISHED = {DeliveryState.NEW, DeliveryState.SENDING}


def numbered(count: int) -> list[Event]:
    """Return events whose text is their number."""
    return [a_paid_event(each, payment_method=str(each)) for each in range(1, count + 1)]


class SendPendingOnFakes:
    def __init__(self, events: Sequence[Event], *failures: Exception, chat_id: int = CHAT) -> None:
        """Start with due events in the chat; the first sends fail."""
        self.chat_id = chat_id
        self.time = FakeTime()
        self.deliveries = FakeDeliveries(self.time)
        self.deliveries.add(events, chat_id)
        self.messenger = FakeMessenger(failures=list(failures))
        self.queue = FakeSendQueue()
        ids = counted_ids()
        pulse = self.time.pulse()
        send_next = SendNext(
            self.deliveries,
            self.messenger,
            FakeWording(),
            pulse=pulse,
            new_id=ids,
            pace=Pace(),
        )
        self._send_pending = SendPending(
            self.deliveries, send_next, self.queue, pulse=pulse, new_id=ids
        )

    def send(self) -> None:
        self._send_pending(self.chat_id)

    def send_until_quiet(self) -> None:
        """Run repeatedly, as the sweep does."""
        for _ in range(100):
            self.send()
            if not UNFINISHED & set(self.deliveries.states()):
                return
            self.time.pass_by(5)

    def row(self, number: int) -> Row:
        return self.deliveries.rows[a_paid_event(number).key, self.chat_id]
