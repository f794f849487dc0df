"""Updates that the bot receives."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A Telegram update; the text is empty unless it is a text message."""

    update_id: int
    chat_id: int = 0
    text: str = ""
