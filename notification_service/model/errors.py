"""Telegram's failures, by how the service reacts."""

from libs.errors import Conflict, InvalidInput, TimedOut, Unavailable


class TelegramUnavailable(Unavailable):
    """The message was not accepted: no connection, or an answer of 500 and above."""


class TokenRefused(TelegramUnavailable):
    """Telegram does not know the bot's token; an operator has to fix it."""


class BotRefused(TelegramUnavailable):
    """Telegram refuses the bot's account or the form of the call."""


class WebhookSet(TelegramUnavailable):
    """A webhook receives the bot's updates; until it is deleted polling is refused."""


class ChatUnreachable(TelegramUnavailable):
    """No message is accepted until an administrator fixes the chat, its rights or its id."""


class ChatMoved(TelegramUnavailable):
    """The group became a supergroup, which has a new id."""

    def __init__(self, new_chat_id: int) -> None:
        super().__init__(
            f"the group became a supergroup and has another id: set TELEGRAM_CHAT_ID={new_chat_id}"
        )
        self.new_chat_id = new_chat_id


class RefusalNotUnderstood(TelegramUnavailable):
    """Telegram refused this message in unknown words; it may accept it later."""


class Throttled(TelegramUnavailable):
    """Telegram's rate limit was exceeded."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"too many messages: wait {retry_after_s:g} s")
        self.retry_after_s = retry_after_s


class AnswerLost(TimedOut):
    """The message was sent and no answer came; it may or may not be in the chat."""


class ChatClosed(Conflict):
    """The chat is gone or has blocked the bot; no message will be accepted."""


class MessageRefused(InvalidInput):
    """Telegram refuses this message for good."""


class FormattingRefused(MessageRefused):
    """Telegram cannot parse the message's HTML."""
