"""Classifies Telegram's refusals by their words.

The words come from the Bot API server (tdlib/telegram-bot-api and TDLib), and from the names of
Telegram's errors, which it passes on unchanged. The comparison ignores case.
"""

from enum import Enum, auto


class About(Enum):
    """What has to change before the same call can succeed."""

    FORMATTING = auto()
    """The message's HTML: as plain text it may be accepted."""

    MESSAGE = auto()
    """The message: no retry of it will be accepted."""

    CHAT = auto()
    """The chat, its rights or TELEGRAM_CHAT_ID: an administrator fixes it, then retries pass."""

    NOBODY = auto()
    """Nothing: the chat is gone or has blocked the bot."""

    BOT = auto()
    """The bot's account, or how this service calls the API."""


WORDS: dict[About, tuple[str, ...]] = {
    About.FORMATTING: (
        *("can't parse entities", "entities too long", "entities_too_long"),
        *("entity_bounds_invalid", "entity_mention_user_invalid"),
    ),
    About.MESSAGE: (
        *("message is too long", "message_too_long", "message text is empty", "message_empty"),
        *("must be non-empty", "must be encoded in utf-8"),
    ),
    About.NOBODY: (
        *("bot was blocked by the user", "user_is_blocked"),
        *("user is deactivated", "user_deactivated"),
        *("group chat was deleted", "group chat was deactivated", "group is deactivated"),
        *("can't send messages to bots", "can't send messages to the bot", "user_is_bot"),
    ),
    About.CHAT: (
        *("chat not found", "chat_id_invalid", "peer_id_invalid", "user not found"),
        *("channel_invalid", "channel_private", "channel_public_group_na", "chat_invalid"),
        *("can't initiate conversation", "not in the chat"),
        *("bot was kicked", "bot is not a member"),
        *("user_not_participant", "user_banned_in_channel", "you_blocked_user"),
        *("not enough rights", "no rights", "administrator rights", "administrator privileges"),
        *("chat_admin_required", "right_forbidden", "no write access", "chat_restricted"),
        *("chat_write_forbidden", "chat_forbidden", "chat_send_plain_forbidden"),
        *("chat_guest_send_forbidden", "broadcast_forbidden", "user_privacy_restricted"),
        *("topic_closed", "topic_deleted", "topic_id_invalid", "message thread not found"),
        *("allow_payment_required", "privacy_premium_required", "premium_account_required"),
        *("chat_type_invalid", "upgraded to a supergroup"),
    ),
    About.BOT: (
        *("unauthorized", "logged out", "user_restricted", "frozen", "bot_method_invalid"),
        *("bot_access_forbidden", "bot_invalid", "access_token"),
        *("chat_id is empty", "can't parse parameters", "unsupported parse_mode"),
    ),
}


def subject_of(refusal: str) -> About | None:
    """Return what a refusal is about; None if its words are unknown."""
    text = refusal.lower()
    return next((about for about, words in WORDS.items() if any(w in text for w in words)), None)
