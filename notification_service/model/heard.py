"""What somebody wrote to the bot."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An update of Telegram's; those that are no message of text have none."""

    update_id: int
    chat_id: int = 0
    text: str = ""
