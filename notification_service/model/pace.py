"""Pauses between messages to a chat, and after outages of Telegram."""

from dataclasses import dataclass

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 16.0
"""Seconds to pause after an outage; doubles from the first to the longest."""

PAUSE_UNTIL_FIXED_S = 30.0
"""Seconds between two attempts while an operator has to fix something."""

LONGEST_REST_S = 24 * 3600.0
"""Upper limit of Telegram's retry_after; after a day all waiting deliveries are given up."""

FIRST_PUT_OFF_S = 5.0
LONGEST_PUT_OFF_S = 300.0
"""Seconds until the retry of a message that was refused in unknown words; doubles each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Telegram's rate limits: seconds between two messages to a chat."""

    private_s: float = 1.0
    group_s: float = 3.0

    def of(self, chat_id: int) -> float:
        """Return the seconds for this chat; groups have negative ids."""
        return self.private_s if chat_id > 0 else self.group_s


def put_off_s(put_offs: int) -> float:
    """Return the seconds for a message that was put off this many times before."""
    return min(FIRST_PUT_OFF_S * 2.0 ** min(put_offs, 10), LONGEST_PUT_OFF_S)


def pause_after_outage_s(outages: int) -> float:
    """Return the seconds to wait after this many consecutive outages before this one."""
    return min(FIRST_PAUSE_S * 2.0 ** min(outages, 10), LONGEST_PAUSE_S)
