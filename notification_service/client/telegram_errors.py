"""What python-telegram-bot raises, in the words of the service."""

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
"""How an answer without Telegram's description begins, be it JSON or a page: a proxy's."""


def error_from_telegram(error: TelegramError) -> AppError:
    """Translate. BadRequest is a NetworkError there, so the order counts."""
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
    """Tell what was not handed on from what may have been. The page itself may hold the token."""
    reason = f"somebody else answered for telegram: {answer[0]}"
    handed_on = answer["status"] >= "500"
    return AnswerLost(reason) if handed_on else TelegramUnavailable(reason)


def _not_this_bot(error: InvalidToken | Conflict) -> AppError:
    if isinstance(error, InvalidToken):
        return TokenRefused("telegram does not know the token in TELEGRAM_BOT_TOKEN")
    if "webhook" in str(error).lower():
        return WebhookSet(
            "a webhook is set for this bot, so nobody can poll: call deleteWebhook, or take the"
            " token of a bot of its own"
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
                f"{reason}: is TELEGRAM_CHAT_ID right, did the chat write /start, is the bot a"
                " member that may write?"
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
