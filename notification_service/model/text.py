"""A message in Telegram's HTML."""

import html
import re
from dataclasses import dataclass

LONGEST_MESSAGE = 4096
"""UTF-16 units that a message may have once its tags are parsed."""

TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Text:
    """Well-formed HTML whose values are escaped: every < in it begins a tag."""

    html: str

    @property
    def plain(self) -> str:
        """What the reader sees."""
        return html.unescape(TAG.sub("", self.html))

    @property
    def length(self) -> int:
        """UTF-16 units of what the reader sees, as Telegram counts."""
        return len(self.plain.encode("utf-16-le")) // 2
