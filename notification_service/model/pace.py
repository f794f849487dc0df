"""How fast a chat may be written to, and how long to leave a silent Telegram alone."""

from dataclasses import dataclass

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 16.0
"""Seconds of silence after an outage: doubled from the first to the longest."""

PAUSE_UNTIL_FIXED_S = 30.0
"""Seconds between two tries while somebody has to repair something."""

LONGEST_REST_S = 24 * 3600.0
"""Telegram may ask for days of silence; after one nothing is left that would still be told."""

FIRST_PUT_OFF_S = 5.0
LONGEST_PUT_OFF_S = 300.0
"""Seconds until a message is tried again that was refused in unknown words: doubled each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds between two messages to a chat, by Telegram's limits."""

    private_s: float = 1.0
    group_s: float = 3.0

    def of(self, chat_id: int) -> float:
        """Return the seconds; groups have negative ids."""
        return self.private_s if chat_id > 0 else self.group_s


def put_off_s(put_offs: int) -> float:
    """Return the seconds for a message that was put off as many times before."""
    return min(FIRST_PUT_OFF_S * 2.0 ** min(put_offs, 10), LONGEST_PUT_OFF_S)


def pause_after_outage_s(outages: int) -> float:
    """Return the seconds to wait after as many outages in a row before this one."""
    return min(FIRST_PAUSE_S * 2.0 ** min(outages, 10), LONGEST_PAUSE_S)
