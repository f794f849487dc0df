"""What python-telegram-bot raises, in the words of the service."""

import re
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
    ChatUnknown,
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

NO_TELEGRAM = re.compile(r"[^:(]+ \((?P<status>\d{3})\)")
"""How an answer without Telegram's description begins, be it JSON or a page: a proxy's."""

ABOUT_THE_CHAT = ("chat not found", "not enough rights", "have no rights")
"""No message would get through, whatever it says."""


def error_from_telegram(error: TelegramError) -> AppError:
    """Translate. BadRequest is a NetworkError there, so the order counts."""
    if proxys := NO_TELEGRAM.match(str(error)):
        return _no_telegram(proxys)
    match error:
        case RetryAfter():
            return Throttled(_seconds(error.retry_after))
        case Forbidden():
            return ChatClosed(f"telegram: {error}")
        case InvalidToken():
            return TokenRefused("telegram does not know the token in TELEGRAM_BOT_TOKEN")
        case ChatMigrated() | BadRequest():
            return _refusal(error)
        case _:
            return _no_answer(error)


def _no_telegram(answer: re.Match[str]) -> AppError:
    """Tell what was not handed on from what may have been. The page itself may hold the token."""
    reason = f"somebody else answered for telegram: {answer[0]}"
    handed_on = answer["status"] >= "500"
    return AnswerLost(reason) if handed_on else TelegramUnavailable(reason)


def _refusal(error: ChatMigrated | BadRequest) -> AppError:
    if isinstance(error, ChatMigrated):
        return ChatUnknown(
            f"telegram: the group's new id is {error.new_chat_id}: set TELEGRAM_CHAT_ID to it"
        )
    reason = str(error).lower()
    if "can't parse entities" in reason:
        return FormattingRefused(f"telegram: {error}")
    if any(words in reason for words in ABOUT_THE_CHAT):
        return ChatUnknown(
            f"telegram: {error}: is TELEGRAM_CHAT_ID right, did it write /start, may the bot write?"
        )
    return MessageRefused(f"telegram: {error}")


def _no_answer(error: TelegramError) -> AppError:
    cause = error.__cause__
    answered = isinstance(error, NetworkError) and not isinstance(cause, Exception)
    if answered or isinstance(cause, NEVER_SENT):
        return TelegramUnavailable(f"telegram: {error}")
    return AnswerLost(f"telegram: {error}")


def _seconds(retry_after: int | timedelta) -> float:
    return retry_after.total_seconds() if isinstance(retry_after, timedelta) else retry_after
