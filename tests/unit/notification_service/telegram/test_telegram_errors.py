"""Mapping of python-telegram-bot's exceptions to the service's errors."""

import asyncio
import json
from collections.abc import Callable

import httpx
import pytest
from telegram import Bot
from telegram.error import (
    ChatMigrated,
    Conflict,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from libs.errors import AppError
from notification_service.client.telegram_bot import TelegramRequest
from notification_service.client.telegram_errors import error_from_telegram
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
    WebhookSet,
)
from tests.support.servers.telegram import TOKEN

Cases = list[tuple[Callable[[], TelegramError], type[AppError]]]


@pytest.fixture(autouse=True)
def _modern_durations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


CASES: Cases = [
    (lambda: InvalidToken(f"The token `{TOKEN}` was rejected"), TokenRefused),
    (lambda: Conflict("Conflict: can't use getUpdates method while webhook is active"), WebhookSet),
    (lambda: Conflict("Conflict: terminated by other getUpdates request"), TelegramUnavailable),
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
def test_each_exception_has_its_error(
    make: Callable[[], TelegramError], expected: type[AppError]
) -> None:
    translated = error_from_telegram(make())

    assert type(translated) is expected
    assert TOKEN not in str(translated)


# Telegram's texts; CHAT_WRITE_FORBIDDEN and similar come with 400 and with 403.
REFUSALS: list[tuple[int, str, type[AppError]]] = [
    (400, "Bad Request: can't parse entities: Unsupported start tag", FormattingRefused),
    (400, "Bad Request: ENTITY_BOUNDS_INVALID", FormattingRefused),
    (400, "Bad Request: message is too long", MessageRefused),
    (400, "Bad Request: MESSAGE_TOO_LONG", MessageRefused),
    (400, "Bad Request: message text is empty", MessageRefused),
    (400, "Bad Request: text must be non-empty", MessageRefused),
    (400, "Bad Request: strings must be encoded in UTF-8", MessageRefused),
    (403, "Forbidden: bot was blocked by the user", ChatClosed),
    (403, "Forbidden: user is deactivated", ChatClosed),
    (403, "Forbidden: the group chat was deleted", ChatClosed),
    (400, "Bad Request: group chat was deactivated", ChatClosed),
    (403, "Forbidden: bot can't send messages to bots", ChatClosed),
    (400, "Bad Request: chat not found", ChatUnreachable),
    (400, "Bad Request: PEER_ID_INVALID", ChatUnreachable),
    (400, "Bad Request: CHANNEL_PRIVATE", ChatUnreachable),
    (403, "Forbidden: bot can't initiate conversation with a user", ChatUnreachable),
    (403, "Forbidden: bot was kicked from the supergroup chat", ChatUnreachable),
    (403, "Forbidden: bot is not a member of the channel chat", ChatUnreachable),
    (400, "Bad Request: need administrator rights in the channel chat", ChatUnreachable),
    (400, "Bad Request: not enough rights to send text messages to the chat", ChatUnreachable),
    (403, "Forbidden: not enough rights to send text messages to the chat", ChatUnreachable),
    (400, "Bad Request: have no rights to send a message", ChatUnreachable),
    (400, "Bad Request: have no write access to the chat", ChatUnreachable),
    (400, "Bad Request: CHAT_WRITE_FORBIDDEN", ChatUnreachable),
    (403, "Forbidden: CHAT_WRITE_FORBIDDEN", ChatUnreachable),
    (400, "Bad Request: CHAT_ADMIN_REQUIRED", ChatUnreachable),
    (400, "Bad Request: CHAT_RESTRICTED", ChatUnreachable),
    (400, "Bad Request: CHAT_SEND_PLAIN_FORBIDDEN", ChatUnreachable),
    (400, "Bad Request: USER_BANNED_IN_CHANNEL", ChatUnreachable),
    (400, "Bad Request: TOPIC_CLOSED", ChatUnreachable),
    (400, "Bad Request: TOPIC_DELETED", ChatUnreachable),
    (400, "Bad Request: message thread not found", ChatUnreachable),
    (400, "Bad Request: ALLOW_PAYMENT_REQUIRED_5", ChatUnreachable),
    (400, "Bad Request: group chat was upgraded to a supergroup chat", ChatUnreachable),
    (400, "Logged out", BotRefused),
    (400, "Bad Request: FROZEN_METHOD_INVALID", BotRefused),
    (400, "Bad Request: chat_id is empty", BotRefused),
    (400, "Bad Request: unsupported parse_mode", BotRefused),
    (400, "Bad Request: SOMETHING_NEW_REQUIRED", RefusalNotUnderstood),
    (403, "Forbidden: the moon is full", RefusalNotUnderstood),
    (401, "Unauthorized", TokenRefused),
    (404, "Not Found", TokenRefused),
    (500, "Internal Server Error", TelegramUnavailable),
]


def answered(status: int, body: str) -> AppError:
    """Return the settlement of a message for this answer of Telegram or a proxy."""
    answers = httpx.MockTransport(lambda _: httpx.Response(status, text=body))
    request = TelegramRequest(httpx_kwargs={"transport": answers})
    bot = Bot(TOKEN, request=request, get_updates_request=request)

    with pytest.raises(TelegramError) as raised:
        asyncio.run(bot.send_message(1, "hello"))

    return error_from_telegram(raised.value)


@pytest.mark.parametrize(("status", "description", "expected"), REFUSALS)
def test_a_refusal_is_about_the_message_the_chat_the_bot_or_unknown(
    status: int, description: str, expected: type[AppError]
) -> None:
    body = {"ok": False, "error_code": status, "description": description}

    assert type(answered(status, json.dumps(body))) is expected


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"migrate_to_chat_id": -1001}, ChatMoved),
        ({"retry_after": 200_000}, Throttled),
        ({"retry_after": 10**18}, TelegramUnavailable),
        ({"retry_after": "soon"}, TelegramUnavailable),
        ({"migrate_to_chat_id": "@there"}, TelegramUnavailable),
        (["retry_after"], TelegramUnavailable),
    ],
)
def test_only_parameters_in_the_form_of_telegram_are_used(
    parameters: object, expected: type[AppError]
) -> None:
    body = {"ok": False, "description": "Bad Request: no", "parameters": parameters}

    assert type(answered(400, json.dumps(body))) is expected


PAGE = f"<html>The requested URL /bot{TOKEN}/sendMessage: not here</html>"

PROXIES: list[tuple[int, str, type[AppError]]] = [
    *((status, PAGE, TelegramUnavailable) for status in (302, 400, 401, 403, 404, 407, 429)),
    *((status, '{"message": "no"}', TelegramUnavailable) for status in (400, 403, 404, 409)),
    # These proxies may have passed on the call before they gave up.
    *((status, PAGE, AnswerLost) for status in (500, 502, 504)),
    (502, "{}", AnswerLost),
    *((status, "[]", TelegramUnavailable) for status in (400, 429)),
    (503, '"down"', AnswerLost),
    *((200, body, AnswerLost) for body in (PAGE, "[]", "null", '{"status": "up"}', "[" * 5000)),
]


@pytest.mark.parametrize(("status", "body", "expected"), PROXIES)
def test_an_answer_of_a_proxy_says_nothing_about_the_message_or_the_token(
    status: int, body: str, expected: type[AppError]
) -> None:
    translated = answered(status, body)

    assert type(translated) is expected
    assert TOKEN not in str(translated)


def test_the_retry_after_is_kept() -> None:
    translated = error_from_telegram(RetryAfter(37))

    assert isinstance(translated, Throttled)
    assert translated.retry_after_s == 37


def test_the_error_of_a_group_that_moved_names_the_setting_to_change() -> None:
    assert "TELEGRAM_CHAT_ID=-1001" in str(error_from_telegram(ChatMigrated(-1001)))
