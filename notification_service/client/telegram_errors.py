"""Maps python-telegram-bot's exceptions to the service's errors."""

import re
from datetime import timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from libs.errors import AppError
from notification_service.client.telegram_refusals import About, subject_of
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

NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.ProxyError,
)
"""The request did not leave this machine."""

NO_TELEGRAM = re.compile(r"[^:(]+ \((?P<status>\d{3})\)")
"""Start of an answer without Telegram's description, JSON or HTML: a proxy sent it."""


def error_from_telegram(error: TelegramError) -> AppError:
    """Map the exception. BadRequest is a subclass of NetworkError, so the order matters."""
    if proxys := NO_TELEGRAM.match(str(error)):
        return _no_telegram(proxys)
    match error:
        case RetryAfter():
            return Throttled(_seconds(error.retry_after))
        case ChatMigrated():
            return ChatMoved(error.new_chat_id)
        case InvalidToken() | Conflict():
            return _not_this_bot(error)
        case Forbidden() | BadRequest():
            return _refusal(f"telegram: {error}")
        case _:
            return _no_answer(error)


def _no_telegram(answer: re.Match[str]) -> AppError:
    """Map by status whether the request may have reached Telegram.

    Leaves out the page, which may contain the token.
    """
    reason = f"the answer is not from telegram, probably from a proxy: {answer[0]}"
    handed_on = answer["status"] >= "500"
    return AnswerLost(reason) if handed_on else TelegramUnavailable(reason)


def _not_this_bot(error: InvalidToken | Conflict) -> AppError:
    if isinstance(error, InvalidToken):
        return TokenRefused("telegram does not know TELEGRAM_BOT_TOKEN: set a valid token")
    if "webhook" in str(error).lower():
        return WebhookSet(
            "a webhook is set for this bot, so polling is refused: call deleteWebhook, or use"
            " another bot's token"
        )
    return TelegramUnavailable(f"telegram: {error}")


def _refusal(reason: str) -> AppError:
    match subject_of(reason):
        case About.FORMATTING:
            return FormattingRefused(reason)
        case About.MESSAGE:
            return MessageRefused(reason)
        case About.NOBODY:
            return ChatClosed(reason)
        case About.CHAT:
            return ChatUnreachable(
                f"{reason}: check TELEGRAM_CHAT_ID, send /start from the chat, let the bot join and"
                " write"
            )
        case About.BOT:
            return BotRefused(reason)
        case None:
            return RefusalNotUnderstood(reason)


def _no_answer(error: TelegramError) -> AppError:
    cause = error.__cause__
    answered = isinstance(error, NetworkError) and not isinstance(cause, Exception)
    if answered or isinstance(cause, NEVER_SENT):
        return TelegramUnavailable(f"telegram: {error}")
    return AnswerLost(f"telegram: {error}")


def _seconds(retry_after: int | timedelta) -> float:
    return retry_after.total_seconds() if isinstance(retry_after, timedelta) else retry_after
