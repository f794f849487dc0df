"""What python-telegram-bot raises, in the words of the service."""

from datetime import timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from libs.errors import AppError
from notification_service.model.errors import (
    AnswerLost,
    ChatClosed,
    FormattingRefused,
    MessageRefused,
    TelegramUnavailable,
    Throttled,
    TokenRefused,
)

NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.ProxyError,
)
"""The request did not leave this machine."""


def error_from_telegram(error: TelegramError) -> AppError:
    """Translate. BadRequest is a NetworkError there, so the order counts."""
    match error:
        case RetryAfter():
            return Throttled(_seconds(error.retry_after))
        case Forbidden():
            return ChatClosed(f"telegram: {error}")
        case InvalidToken():
            return TokenRefused("telegram does not know the token in TELEGRAM_BOT_TOKEN")
        case ChatMigrated():
            return MessageRefused(
                f"telegram: the group's new id is {error.new_chat_id}: set TELEGRAM_CHAT_ID to it"
            )
        case BadRequest():
            return _refusal(error)
        case _:
            return _no_answer(error)


def _refusal(error: BadRequest) -> MessageRefused:
    if "can't parse entities" in str(error).lower():
        return FormattingRefused(f"telegram: {error}")
    return MessageRefused(f"telegram: {error}")


def _no_answer(error: TelegramError) -> AppError:
    cause = error.__cause__
    answered = isinstance(error, NetworkError) and not isinstance(cause, Exception)
    if answered or isinstance(cause, NEVER_SENT):
        return TelegramUnavailable(f"telegram: {error}")
    return AnswerLost(f"telegram: {error}")


def _seconds(retry_after: int | timedelta) -> float:
    return retry_after.total_seconds() if isinstance(retry_after, timedelta) else retry_after
