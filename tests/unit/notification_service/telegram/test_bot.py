"""The bot's listener on an in-memory Telegram and a clock that a wait advances."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from libs.errors import AppError
from notification_service.api.bot import StartListener
from notification_service.api.start_answers import MAX_WAITING_CHATS
from notification_service.model.errors import (
    AnswerLost,
    ChatClosed,
    ChatMoved,
    ChatUnreachable,
    RefusalNotUnderstood,
    TelegramUnavailable,
    Throttled,
    WebhookSet,
)
from notification_service.model.heard import Heard
from notification_service.model.text import Text
from notification_service.service.ports import Talk

NAME = "shipyard_bot"
FRESH_S = 30.0
"""Age at which a heartbeat is stale."""


@dataclass
class FakeTelegram(Talk):
    """Returns updates; fails on demand. Time passes only while a task sleeps."""

    failures: dict[int, deque[AppError]] = field(default_factory=dict)
    failures_of_polls: deque[AppError] = field(default_factory=deque)
    told: list[int] = field(default_factory=list)
    now_s: float = 0.0
    beats_s: list[float] = field(default_factory=lambda: [0.0])
    confirmed: int = 0
    confirmed_at_answers: list[int] = field(default_factory=list)
    _updates: list[Heard] = field(default_factory=list)
    _sleepers: list[tuple[float, asyncio.Event]] = field(default_factory=list)

    def write(self, chat_id: int, text: str = "/start") -> None:
        self._updates.append(Heard(update_id=len(self._updates), chat_id=chat_id, text=text))

    async def name(self) -> str:
        return NAME

    async def hear(self, *, offset: int, timeout_s: int) -> Sequence[Heard]:
        self.confirmed = offset
        if self.failures_of_polls:
            raise self.failures_of_polls.popleft()
        if not self._updates[offset:]:
            await self.sleep(timeout_s)
        return self._updates[offset:]

    async def say(self, chat_id: int, text: Text) -> None:
        if waiting := self.failures.get(chat_id):
            raise waiting.popleft()
        self.confirmed_at_answers.append(self.confirmed)
        self.told.append(chat_id)

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        self._sleepers.append((self.now_s + seconds, woken))
        await woken.wait()

    def alive(self) -> None:
        self.beats_s.append(self.now_s)

    async def pass_by(self, until: Callable[[], bool]) -> None:
        """Advance time from the end of one sleep to the next."""
        for _ in range(10_000):
            for _ in range(20):
                await asyncio.sleep(0)
            if until():
                return
            self._sleepers.sort(key=lambda each: each[0])
            at_s, woken = self._sleepers.pop(0)
            self.now_s = max(self.now_s, at_s)
            woken.set()
        raise AssertionError("nothing happened")


def listened(telegram: FakeTelegram, until: Callable[[], bool]) -> None:
    """Run the bot until a condition holds."""

    async def run() -> None:
        listener = StartListener(
            telegram,
            lambda chat_id: Text(f"welcome {chat_id}"),
            alive=telegram.alive,
            sleep=telegram.sleep,
        )
        listening = asyncio.create_task(listener.listen())
        await telegram.pass_by(until)
        listening.cancel()

    asyncio.run(run())


def longest_silence_s(telegram: FakeTelegram) -> float:
    return max(b - a for a, b in zip(telegram.beats_s, telegram.beats_s[1:], strict=False))


@pytest.mark.parametrize(
    "failure",
    [
        ChatMoved(-1001),
        Throttled(50_000),
        TelegramUnavailable("500"),
        AnswerLost("no answer"),
        ChatUnreachable("topic closed"),
        RefusalNotUnderstood("what?"),
        ChatClosed("blocked"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_chat_that_cannot_be_answered_delays_no_other(failure: AppError) -> None:
    telegram = FakeTelegram(failures={-1: deque([failure])})
    for chat_id in (-1, -2, -3):
        telegram.write(chat_id)

    listened(telegram, lambda: {-2, -3} <= set(telegram.told))

    assert telegram.now_s <= 1


def test_a_group_that_became_a_supergroup_is_answered_at_its_new_id() -> None:
    telegram = FakeTelegram(failures={-1: deque([ChatMoved(-1001)])})
    telegram.write(-1)

    listened(telegram, lambda: bool(telegram.told))

    assert telegram.told == [-1001]


def test_a_delayed_answer_is_given_in_time_and_the_bot_stays_healthy() -> None:
    telegram = FakeTelegram(failures={-1: deque([Throttled(3600), TelegramUnavailable("502")])})
    telegram.write(-1)
    telegram.write(-1)

    listened(telegram, lambda: bool(telegram.told))

    assert telegram.told == [-1]
    assert 3600 <= telegram.now_s <= 3610
    assert longest_silence_s(telegram) < FRESH_S


def test_a_chat_that_was_answered_late_can_be_answered_again() -> None:
    telegram = FakeTelegram(failures={-1: deque([Throttled(60)])})
    telegram.write(-1)

    def answered_twice() -> bool:
        if len(telegram.told) == 1 and telegram.confirmed == 1:
            telegram.write(-1)
        return len(telegram.told) == 2

    listened(telegram, answered_twice)

    assert telegram.told == [-1, -1]


def test_the_number_of_chats_that_wait_for_an_answer_is_limited() -> None:
    waiting = range(-MAX_WAITING_CHATS - 1, 0)
    telegram = FakeTelegram(failures={each: deque([Throttled(3600)] * 9) for each in waiting})
    for each in waiting:
        telegram.write(each)
    telegram.write(1)

    with capture_logs() as lines:
        listened(telegram, lambda: 1 in telegram.told)

    put_off = [line for line in lines if line["event"] == "start_answer_put_off"]
    left_out = [line["chat_id"] for line in lines if line["event"] == "start_not_answered"]
    assert (len(put_off), left_out) == (MAX_WAITING_CHATS, [-1])


def test_polls_that_have_to_wait_for_an_hour_leave_the_bot_healthy() -> None:
    telegram = FakeTelegram(failures_of_polls=deque([Throttled(3600)]))
    telegram.write(-1)

    listened(telegram, lambda: bool(telegram.told))

    assert telegram.now_s >= 3600
    assert longest_silence_s(telegram) < FRESH_S


@pytest.mark.parametrize(
    ("text", "is_answered"),
    [
        ("/start", True),
        ("/start now", True),
        ("/start\nplease", True),
        (f"/start@{NAME}", True),
        (f"/start@{NAME.upper()} now", True),
        ("/start@some_other_bot", False),
        ("/started", False),
        ("start", False),
    ],
)
def test_only_a_start_to_this_bot_is_answered(text: str, *, is_answered: bool) -> None:
    telegram = FakeTelegram()
    telegram.write(-1, text)
    telegram.write(-2)

    listened(telegram, lambda: -2 in telegram.told)

    assert (-1 in telegram.told) is is_answered


def test_a_webhook_is_logged_once_and_the_bot_continues_when_it_is_deleted() -> None:
    telegram = FakeTelegram(failures_of_polls=deque([WebhookSet("deleteWebhook")] * 3))
    telegram.write(-1)

    with capture_logs() as lines:
        listened(telegram, lambda: bool(telegram.told))

    (error,) = [line for line in lines if line["log_level"] == "error"]
    assert error["event"] == "telegram_webhook_set"
    assert "deleteWebhook" in error["reason"]
    assert longest_silence_s(telegram) < FRESH_S + 1


def test_an_update_is_confirmed_only_after_an_attempt_to_answer() -> None:
    telegram = FakeTelegram()
    telegram.write(-1)
    telegram.write(-2)

    listened(telegram, lambda: len(telegram.told) == 2 and telegram.confirmed > 0)

    assert telegram.confirmed_at_answers == [0, 0]
    assert telegram.confirmed == 2
