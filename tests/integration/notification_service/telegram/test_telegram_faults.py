"""Telegram's failures: real PostgreSQL, the real client, the sandbox's faults."""

from collections.abc import Iterator
from threading import Event, Thread
from time import monotonic
from uuid import uuid4

import pytest

from notification_service.client.loop_thread import LoopThread
from notification_service.client.telegram_bot import create_bot
from notification_service.client.telegram_chat import TelegramChat
from notification_service.converter.wording import TemplateWording
from notification_service.model.pace import Pace
from notification_service.service.ports import Pulse
from notification_service.service.send_next import SendNext
from notification_service.service.send_pending import SendPending
from tests.integration.notification_service.stack import NotificationStack, events
from tests.support.eventually import eventually
from tests.unit.notification_service.builders import CHAT
from tests.unit.notification_service.fakes import FakeSendQueue

pytestmark = pytest.mark.timeout(60)


class Sender:
    """Sends due deliveries in a loop, as worker and sweep do."""

    def __init__(self, stack: NotificationStack) -> None:
        self._stop = Event()
        pulse = Pulse(elapsed_s=monotonic, wait=self._stop.wait)
        bot = create_bot(stack.telegram.token, stack.telegram.url)
        self._chat = TelegramChat(bot, LoopThread(), timeout_s=0.5)
        send_next = SendNext(
            stack.deliveries,
            self._chat,
            TemplateWording("en"),
            pulse=pulse,
            new_id=uuid4,
            pace=Pace(),
        )
        self._send_pending = SendPending(
            stack.deliveries, send_next, FakeSendQueue(), pulse=pulse, new_id=uuid4
        )
        self._threads = [Thread(target=self._run) for _ in range(2)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._chat.close()

    def _run(self) -> None:
        while not self._stop.wait(0.05):
            self._send_pending(CHAT)


@pytest.fixture
def sender(stack: NotificationStack) -> Iterator[None]:
    sender = Sender(stack)
    yield
    sender.stop()


def test_every_sender_keeps_the_retry_after_and_every_event_is_sent_once(
    stack: NotificationStack, sender: None
) -> None:
    stack.telegram.break_calls("answer", status=429, retry_after=2, seconds=1.7)
    burst = stack.add(30)

    eventually(stack.all_sent, within_s=15)

    assert [stack.times_sent(event) for event in burst] == [1] * 30
    assert stack.telegram.calls() == {"sendmessage 429": 1, "sendmessage 200": 2}
    assert {row["attempts"] for row in stack.rows()} == {0}


def test_refused_connections_count_as_no_attempt(stack: NotificationStack, sender: None) -> None:
    stack.telegram.stop()
    (event,) = stack.add(1)
    eventually(lambda: stack.rows()[0]["last_error"] is not None)

    stack.telegram.start()
    stack.end_pauses()
    eventually(stack.all_sent, within_s=15)

    (row,) = stack.rows()
    assert (row["attempts"], row["ambiguous"], stack.times_sent(event)) == (0, 0, 1)


@pytest.mark.parametrize("kind", ["hang", "drop"])
def test_an_accepted_message_without_an_answer_is_ambiguous_and_sent_again(
    stack: NotificationStack, sender: None, kind: str
) -> None:
    stack.telegram.break_calls(kind, accept=True, calls=1)
    (event,) = stack.add(1)

    eventually(stack.all_sent, within_s=15)

    (row,) = stack.rows()
    assert (row["attempts"], row["ambiguous"], stack.times_sent(event)) == (0, 1, 2)


def test_one_refused_line_is_given_up_alone(stack: NotificationStack, sender: None) -> None:
    good, bad, also_good = trio = events(3)
    stack.telegram.break_calls("answer", status=400, text=bad.facts["order_uuid"])
    stack.deliveries.add(trio, CHAT)

    eventually(lambda: stack.states() == ["SENT", "DEAD", "SENT"], within_s=15)

    assert [stack.times_sent(event) for event in (good, bad, also_good)] == [1, 0, 1]
    assert [row["attempts"] for row in stack.rows()] == [0, 1, 0]
