"""How fast a chat may be written to, and how long to leave a silent Telegram alone."""

from dataclasses import dataclass

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 16.0
"""Seconds of silence after an outage: doubled from the first to the longest."""

PAUSE_UNTIL_MENDED_S = 30.0
"""Seconds between two tries with a token that Telegram does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds between two messages to a chat, by Telegram's limits."""

    private_s: float = 1.0
    group_s: float = 3.0

    def of(self, chat_id: int) -> float:
        """Return the seconds; groups have negative ids."""
        return self.private_s if chat_id > 0 else self.group_s


def pause_after_outage_s(outages: int) -> float:
    """Return the seconds to wait after as many outages in a row before this one."""
    return min(FIRST_PAUSE_S * 2.0 ** min(outages, 10), LONGEST_PAUSE_S)
