"""A message in Telegram's HTML."""

import html
import re
from dataclasses import dataclass

MAX_MESSAGE_UNITS = 4096
"""Longest message in UTF-16 units, without its tags."""

TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Text:
    """Well-formed HTML with escaped values: every < begins a tag."""

    html: str

    @property
    def plain(self) -> str:
        """The text as the reader sees it."""
        return html.unescape(TAG.sub("", self.html))

    @property
    def length(self) -> int:
        """Length in UTF-16 units without tags, as Telegram counts."""
        return len(self.plain.encode("utf-16-le")) // 2
