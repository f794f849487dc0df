"""Telegram's answers, by what is done about them."""

from libs.errors import Conflict, InvalidInput, TimedOut, Unavailable


class TelegramUnavailable(Unavailable):
    """The message was not accepted: no connection, or an answer of 500 and above."""


class TokenRefused(TelegramUnavailable):
    """Telegram does not know the bot's token; an operator has to mend it."""


class BotRefused(TelegramUnavailable):
    """Telegram does not serve the bot's account, or not in the way it is called."""


class WebhookSet(TelegramUnavailable):
    """Somebody had Telegram send the bot's updates to a webhook; until then nobody can poll."""


class ChatUnreachable(TelegramUnavailable):
    """Nothing gets through until an administrator has repaired the chat, its rights or its id."""


class ChatMoved(TelegramUnavailable):
    """The group became a supergroup, which has another id."""

    def __init__(self, new_chat_id: int) -> None:
        super().__init__(
            f"the group became a supergroup and has another id: set TELEGRAM_CHAT_ID={new_chat_id}"
        )
        self.new_chat_id = new_chat_id


class RefusalNotUnderstood(TelegramUnavailable):
    """Telegram refused this message in words that nobody here knows: it may accept it later."""


class Throttled(TelegramUnavailable):
    """Too many messages."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"too many messages: wait {retry_after_s:g} s")
        self.retry_after_s = retry_after_s


class AnswerLost(TimedOut):
    """The message was handed over and nothing came back: it may or may not be in the chat."""


class ChatClosed(Conflict):
    """Nobody is there any more, or wants to hear of it; no message will ever be accepted."""


class MessageRefused(InvalidInput):
    """Telegram does not want this very message."""


class FormattingRefused(MessageRefused):
    """Telegram cannot read the message's HTML."""
