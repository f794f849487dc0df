"""Telegram's limits on messages of a bot, and the wait after one is exceeded."""

import math
from collections import deque
from dataclasses import dataclass, field

PRIVATE_INTERVAL_S = 1.0
"""Seconds between two messages to one private chat."""

GROUP_LIMIT = 20
GROUP_WINDOW_S = 60.0
"""A group takes 20 messages a minute."""

OVERALL_LIMIT = 30
OVERALL_WINDOW_S = 1.0
"""A bot may send 30 messages a second to all chats together."""


@dataclass(slots=True)
class Window:
    """Allows at most limit messages in any window_s seconds."""

    limit: int
    window_s: float
    sent: deque[float] = field(default_factory=deque)

    def wait_s(self, now_s: float) -> float:
        while self.sent and self.sent[0] <= now_s - self.window_s:
            self.sent.popleft()
        return self.sent[0] + self.window_s - now_s if len(self.sent) >= self.limit else 0.0


class Limits:
    """Counts accepted messages, not refused ones."""

    def __init__(self) -> None:
        self._overall = Window(OVERALL_LIMIT, OVERALL_WINDOW_S)
        self._chats: dict[int, Window] = {}

    def accept(self, chat_id: int, now_s: float) -> int:
        """Count a message and return 0, or return the whole seconds to wait, at least 1."""
        windows = (self._overall, self._chat(chat_id))
        if wait_s := max(window.wait_s(now_s) for window in windows):
            return max(1, math.ceil(wait_s))
        for window in windows:
            window.sent.append(now_s)
        return 0

    def _chat(self, chat_id: int) -> Window:
        limit, window_s = (1, PRIVATE_INTERVAL_S) if chat_id > 0 else (GROUP_LIMIT, GROUP_WINDOW_S)
        return self._chats.setdefault(chat_id, Window(limit, window_s))
