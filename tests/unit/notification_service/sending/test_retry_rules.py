"""What each answer of Telegram means for the deliveries."""

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from libs.errors import AppError
from notification_service.model.delivery import DeliveryState
from notification_service.model.errors import (
    AnswerLost,
    BotRefused,
    ChatClosed,
    ChatMoved,
    ChatUnreachable,
    FormattingRefused,
    MessageRefused,
    RefusalNotUnderstood,
    TelegramUnavailable,
    Throttled,
    TokenRefused,
)
from tests.unit.notification_service.builders import CHAT, GROUP, a_paid_event
from tests.unit.notification_service.sending.send_pending_on_fakes import (
    SendPendingOnFakes,
    numbered,
)

NEW, SENDING, SENT, DEAD = DeliveryState
SUPERGROUP = -1001234567890
A_DAY_AND_AN_HOUR_S = 25 * 3600


def test_a_429_is_waited_for_and_counts_as_no_attempt() -> None:
    sending = SendPendingOnFakes(numbered(2), Throttled(7))

    sending.send()

    assert sending.time.waits == [7.0]
    assert sending.messenger.sent == ["1,2"]
    assert (sending.row(1).delivery.refusals, sending.row(1).ambiguous) == (0, 0)


def test_a_long_pause_is_left_to_the_sweep() -> None:
    sending = SendPendingOnFakes(numbered(1), Throttled(60))

    sending.send()

    assert sending.time.waits == []
    assert sending.queue.asked == []
    assert sending.deliveries.chats_with_work() == []
    sending.time.pass_by(60)
    assert sending.deliveries.chats_with_work() == [CHAT]


def test_an_outage_is_waited_for_with_back_off_and_counts_as_no_attempt() -> None:
    sending = SendPendingOnFakes(numbered(1), *[TelegramUnavailable("502")] * 4)

    sending.send_until_quiet()

    assert sending.time.waits[:3] == [1.0, 2.0, 4.0]
    assert sending.row(1).state is SENT
    assert (sending.row(1).delivery.refusals, sending.row(1).ambiguous) == (0, 0)


@pytest.mark.parametrize(
    "error", [TokenRefused("401"), ChatUnreachable("400"), BotRefused("logged out")]
)
def test_a_failure_that_an_operator_has_to_fix_loses_nothing(error: AppError) -> None:
    sending = SendPendingOnFakes(numbered(3), *[error] * 3)

    sending.send_until_quiet()

    assert sending.deliveries.states() == [SENT] * 3
    assert [sending.row(each).delivery.refusals for each in (1, 2, 3)] == [0, 0, 0]


def errors_in(lines: list[EventDict]) -> list[str]:
    return [line["event"] for line in lines if line["log_level"] == "error"]


@pytest.mark.parametrize("error", [TokenRefused("401"), ChatUnreachable("400")])
def test_a_failure_for_the_operator_is_logged_once_until_a_message_is_sent(error: AppError) -> None:
    sending = SendPendingOnFakes(numbered(1), *[error] * 5)

    with capture_logs() as first:
        sending.send_until_quiet()
    sending.deliveries.add([a_paid_event(2)], CHAT)
    sending.messenger.failures = [error]
    with capture_logs() as second:
        sending.send_until_quiet()

    assert len(errors_in(first)) == len(errors_in(second)) == 1


def test_a_group_that_moved_gets_everything_at_its_new_id_and_is_logged_once() -> None:
    sending = SendPendingOnFakes(numbered(2), ChatMoved(SUPERGROUP), chat_id=GROUP)

    with capture_logs() as lines:
        sending.send()
        sending.deliveries.add([a_paid_event(3, payment_method="3")], GROUP)
        sending.time.pass_by(5)
        sending.send()

    assert sending.messenger.sent == ["1,2", "3"]
    assert sending.messenger.chats == [GROUP, SUPERGROUP, SUPERGROUP]
    assert errors_in(lines) == ["telegram_chat_moved"]


def test_a_message_that_is_refused_in_unknown_words_waits_and_delays_no_other() -> None:
    sending = SendPendingOnFakes(numbered(4))
    sending.messenger.refusals = {"2": RefusalNotUnderstood("the moon is full")}

    with capture_logs() as lines:
        for _ in range(60):
            sending.send()
            sending.time.pass_by(5)
    later = sending.time.now
    sending.deliveries.add([a_paid_event(5, payment_method="5")], CHAT)
    sending.send()

    assert sending.messenger.sent == ["1", "3", "4", "5"]
    assert (sending.time.now - later).total_seconds() <= 1
    assert sending.row(2).state is NEW
    assert 5 <= sending.row(2).delivery.put_offs <= 8
    assert errors_in(lines) == ["telegram_refusal_not_understood"]

    sending.messenger.refusals = {}
    sending.time.pass_by(300)
    sending.send()
    assert sending.row(2).state is SENT
    assert sending.row(2).delivery.refusals == 0


def test_new_events_are_sent_before_events_that_were_put_off() -> None:
    sending = SendPendingOnFakes(numbered(3), *[RefusalNotUnderstood("what?")] * 4)
    sending.send()
    sending.deliveries.add([a_paid_event(4, payment_method="4")], CHAT)
    sending.time.pass_by(60)

    sending.send()

    assert sending.messenger.sent == ["4", "1", "2", "3"]


def test_a_message_that_waits_for_a_day_is_given_up_and_logged() -> None:
    sending = SendPendingOnFakes(numbered(1))
    sending.time.pass_by(A_DAY_AND_AN_HOUR_S)
    sending.messenger.failures = [TelegramUnavailable("502")]

    with capture_logs() as lines:
        sending.send()

    assert sending.row(1).state is DEAD
    assert errors_in(lines) == ["notifications_given_up"]


def test_a_pause_of_days_lasts_a_day() -> None:
    sending = SendPendingOnFakes(numbered(1), Throttled(200_000))

    sending.send()

    assert sending.deliveries.look(CHAT, limit=1).wait_s == 24 * 3600


def test_a_lost_answer_is_counted_and_sent_again() -> None:
    sending = SendPendingOnFakes(numbered(1), AnswerLost("no answer"), AnswerLost("no answer"))

    sending.send_until_quiet()

    assert sending.row(1).state is SENT
    assert sending.row(1).ambiguous == 2


def test_refused_formatting_is_sent_once_more_as_plain_text() -> None:
    sending = SendPendingOnFakes(numbered(1), FormattingRefused("can't parse entities"))

    sending.send()

    assert sending.messenger.formatted == [True, False]
    assert sending.row(1).state is SENT
    assert sending.row(1).delivery.refusals == 1


@pytest.mark.parametrize(
    ("refusal", "tries"),
    [(MessageRefused("message is empty"), 1), (FormattingRefused("can't parse entities"), 2)],
    ids=["a message", "a plain text"],
)
def test_a_refused_text_is_given_up(refusal: AppError, tries: int) -> None:
    sending = SendPendingOnFakes(numbered(1), *[refusal] * tries)

    sending.send()

    assert (sending.row(1).state, sending.row(1).error) == (DEAD, str(refusal))
    assert len(sending.messenger.formatted) == tries


def test_a_refused_digest_is_sent_line_by_line_and_only_the_refused_line_is_given_up() -> None:
    sending = SendPendingOnFakes(numbered(4))
    sending.messenger.refusals = {"3": MessageRefused("I do not like 3")}

    sending.send_until_quiet()

    assert sending.messenger.sent == ["1", "2", "4"]
    assert sending.deliveries.states() == [SENT, SENT, DEAD, SENT]


def test_events_that_come_after_a_refused_digest_are_a_digest_again() -> None:
    sending = SendPendingOnFakes(numbered(2), MessageRefused("no"))
    sending.messenger.on_send = lambda: sending.deliveries.add(numbered(4), CHAT)

    sending.send()

    assert sending.messenger.sent == ["1", "2", "3,4"]


def test_a_closed_chat_is_final() -> None:
    sending = SendPendingOnFakes(numbered(2), ChatClosed("blocked by the user"))

    sending.send()

    assert sending.deliveries.states() == [DEAD, DEAD]


def test_an_old_delivery_is_still_attempted_once() -> None:
    sending = SendPendingOnFakes(numbered(1))
    sending.time.pass_by(A_DAY_AND_AN_HOUR_S)

    sending.send()

    assert sending.row(1).state is SENT
