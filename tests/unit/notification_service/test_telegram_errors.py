"""What python-telegram-bot raises, in the words of the service."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from libs.errors import AppError
from libs.testing.telegram import TOKEN
from notification_service.client.telegram_errors import error_from_telegram
from notification_service.model.errors import (
    AnswerLost,
    ChatClosed,
    ChatUnknown,
    FormattingRefused,
    MessageRefused,
    TelegramUnavailable,
    Throttled,
    TokenRefused,
)

Cases = list[tuple[Callable[[], TelegramError], type[AppError]]]


@pytest.fixture(autouse=True)
def _modern_durations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


CASES: Cases = [
    (lambda: RetryAfter(3), Throttled),
    (lambda: Forbidden("blocked"), ChatClosed),
    (lambda: InvalidToken(f"The token `{TOKEN}` was rejected"), TokenRefused),
    (lambda: BadRequest("Can't parse entities: no"), FormattingRefused),
    (lambda: BadRequest("Message is too long"), MessageRefused),
    (lambda: BadRequest("Chat not found"), ChatUnknown),
    (lambda: BadRequest("Not enough rights to send text messages to the chat"), ChatUnknown),
    (lambda: ChatMigrated(-1001), ChatUnknown),
    (lambda: NetworkError("Bad Gateway"), TelegramUnavailable),
    (lambda: caused(NetworkError("x"), httpx.ConnectError("refused")), TelegramUnavailable),
    (lambda: caused(TimedOut(), httpx.ConnectTimeout("slow")), TelegramUnavailable),
    (lambda: caused(TimedOut(), httpx.PoolTimeout("busy")), TelegramUnavailable),
    (lambda: caused(TimedOut(), httpx.ReadTimeout("slow")), AnswerLost),
    (lambda: caused(NetworkError("x"), httpx.RemoteProtocolError("dropped")), AnswerLost),
    (lambda: caused(NetworkError("x"), httpx.ReadError("reset")), AnswerLost),
    (lambda: caused(TelegramError("Invalid server response"), ValueError()), AnswerLost),
]


@pytest.mark.parametrize(("make", "expected"), CASES)
def test_each_error_says_what_is_known_of_the_message(
    make: Callable[[], TelegramError], expected: type[AppError]
) -> None:
    translated = error_from_telegram(make())

    assert type(translated) is expected
    assert TOKEN not in str(translated)


PAGE = f"<html>The requested URL /bot{TOKEN}/sendMessage: not here</html>"

PROXIES: list[tuple[int, str, type[AppError]]] = [
    *((status, PAGE, TelegramUnavailable) for status in (302, 400, 401, 403, 404, 407, 429)),
    *((status, '{"message": "no"}', TelegramUnavailable) for status in (400, 403, 404, 409)),
    # These may have handed on the call before they gave up.
    *((status, PAGE, AnswerLost) for status in (500, 502, 504)),
    (502, "{}", AnswerLost),
]


@pytest.mark.parametrize(("status", "body", "expected"), PROXIES)
def test_what_a_proxy_says_is_no_word_about_the_message_or_the_token(
    status: int, body: str, expected: type[AppError]
) -> None:
    answers = httpx.MockTransport(lambda _: httpx.Response(status, text=body))
    bot = Bot(TOKEN, request=HTTPXRequest(httpx_kwargs={"transport": answers}))

    with pytest.raises(TelegramError) as raised:
        asyncio.run(bot.send_message(1, "hello"))

    translated = error_from_telegram(raised.value)
    assert type(translated) is expected
    assert TOKEN not in str(translated)


def test_the_told_pause_is_kept() -> None:
    translated = error_from_telegram(RetryAfter(37))

    assert isinstance(translated, Throttled)
    assert translated.retry_after_s == 37


def test_a_group_that_moved_says_where_to() -> None:
    assert "-1001" in str(error_from_telegram(ChatMigrated(-1001)))
