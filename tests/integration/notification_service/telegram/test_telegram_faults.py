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

pytestmark = [pytest.mark.engine, pytest.mark.timeout(60)]


class Sender:
    """Sends due deliveries in a loop, as worker and sweep do."""

    def __init__(self, stack: NotificationStack) -> None:
        self._world = stack
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
    burst = events(30)
    stack.deliveries.add(burst, CHAT)

    eventually(stack.all_sent, within_s=15)

    assert [stack.times_sent(event) for event in burst] == [1] * 30
    assert stack.telegram.calls() == {"sendmessage 429": 1, "sendmessage 200": 2}
    assert {row["attempts"] for row in stack.rows()} == {0}


def test_answers_of_500_count_as_no_attempt(stack: NotificationStack, sender: None) -> None:
    stack.telegram.break_calls("answer", status=500, calls=2)
    (event,) = events(1)
    stack.deliveries.add([event], CHAT)

    eventually(stack.all_sent, within_s=15)

    (row,) = stack.rows()
    assert (row["attempts"], row["ambiguous"], stack.times_sent(event)) == (0, 0, 1)


def test_refused_connections_count_as_no_attempt(stack: NotificationStack, sender: None) -> None:
    stack.telegram.stop()
    (event,) = events(1)
    stack.deliveries.add([event], CHAT)
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
    (event,) = events(1)
    stack.deliveries.add([event], CHAT)

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


def test_a_message_with_refused_formatting_is_sent_as_plain_text(
    stack: NotificationStack, sender: None
) -> None:
    stack.telegram.break_calls(
        "answer", status=400, text="<b>", description="Bad Request: can't parse entities: no"
    )
    (event,) = events(1)
    stack.deliveries.add([event], CHAT)

    eventually(stack.all_sent, within_s=15)

    assert stack.times_sent(event) == 1
    assert "entities" not in stack.telegram.messages(CHAT)[0]


def test_a_removed_bot_gives_up(stack: NotificationStack, sender: None) -> None:
    stack.telegram.break_calls("answer", status=403)
    stack.deliveries.add(events(3), CHAT)

    eventually(lambda: stack.states() == ["DEAD"] * 3, within_s=15)

    assert stack.telegram.calls()["sendmessage 403"] == 1
    assert "blocked" in stack.rows()[0]["last_error"]


def test_messages_are_sent_after_an_administrator_fixed_the_chat(
    stack: NotificationStack, sender: None
) -> None:
    rights = "Bad Request: need administrator rights in the channel chat"
    stack.telegram.break_calls("answer", status=400, description=rights)
    (event,) = events(1)
    stack.deliveries.add([event], CHAT)
    eventually(lambda: stack.telegram.calls().get("sendmessage 400") == 1)
    eventually(lambda: stack.rows()[0]["last_error"] is not None)

    stack.telegram.clear_faults()
    stack.end_pauses()
    eventually(stack.all_sent, within_s=15)

    assert stack.times_sent(event) == 1


def test_a_message_refused_in_unknown_words_delays_no_other_and_is_sent_later(
    stack: NotificationStack, sender: None
) -> None:
    trio = events(3)
    bad = trio[1].facts["order_uuid"]
    stack.telegram.break_calls("answer", status=400, text=bad, description="Bad Request: no idea")
    stack.deliveries.add(trio, CHAT)

    eventually(lambda: stack.states() == ["SENT", "NEW", "SENT"], within_s=15)
    stack.telegram.clear_faults()
    eventually(stack.all_sent, within_s=20)

    assert [stack.times_sent(event) for event in trio] == [1, 1, 1]


def test_after_the_token_is_restored_nothing_is_lost(
    stack: NotificationStack, sender: None
) -> None:
    stack.telegram.break_calls("answer", status=401)
    burst = events(25)
    stack.deliveries.add(burst, CHAT)
    eventually(lambda: stack.telegram.calls().get("sendmessage 401") == 1)
    eventually(lambda: set(stack.states()) == {"NEW"})

    stack.telegram.clear_faults()
    stack.end_pauses()
    eventually(stack.all_sent, within_s=15)

    assert [stack.times_sent(event) for event in burst] == [1] * 25
    assert {row["attempts"] for row in stack.rows()} == {0}
