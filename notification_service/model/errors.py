"""Telegram's answers, by what is done about them."""

from libs.errors import Conflict, InvalidInput, TimedOut, Unavailable


class TelegramUnavailable(Unavailable):
    """The message was not accepted: no connection, or an answer of 500 and above."""


class TokenRefused(TelegramUnavailable):
    """Telegram does not know the bot's token; an operator has to mend it."""


class ChatUnknown(TelegramUnavailable):
    """Telegram knows no such chat, or by another id now; the chat or its id has to be mended."""


class Throttled(TelegramUnavailable):
    """Too many messages."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"too many messages: wait {retry_after_s:g} s")
        self.retry_after_s = retry_after_s


class AnswerLost(TimedOut):
    """The message was handed over and nothing came back: it may or may not be in the chat."""


class ChatClosed(Conflict):
    """The chat does not let the bot in; no message will ever be accepted."""


class MessageRefused(InvalidInput):
    """Telegram does not want this very message."""


class FormattingRefused(MessageRefused):
    """Telegram can not read the message's HTML."""
