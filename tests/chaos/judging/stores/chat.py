"""Reads the Telegram sandbox's chat by event, and adds faults."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import httpx

from libs.contracts.events.declared import TOLD
from libs.errors import Unavailable
from notification_service.converter.wording import TEMPLATES
from tests.chaos.judging.evidence import Told

KINDS = {
    (TEMPLATES / "en" / f"{event.kind}.html").read_text(encoding="utf-8").split()[4]: event.kind
    for event in TOLD
}
"""By the mark that a message about it begins with, behind "{% block message %}"."""

MARKS = "".join(KINDS)

EVENT = re.compile(rf"([{MARKS}])[^{MARKS}]*?([0-9a-f]{{8}}-[0-9a-f-]{{27}})")
"""A message or a digest line; in any language the order's id comes first."""

ANSWER_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """A message that reached the sandbox at at_s; without a status it was not answered."""

    at_s: float
    text: str
    status: int | None
    retry_after_s: int = 0


def told_in(texts: Iterable[str]) -> Counter[Told]:
    """Count the messages of each event."""
    return Counter(
        Told(KINDS[mark], UUID(order_uuid))
        for text in texts
        for mark, order_uuid in EVENT.findall(text)
    )


class Telegram:
    """A client of the sandbox. Raises Unavailable when it does not answer."""

    def __init__(self, url: str, chat_id: str) -> None:
        self._url = url
        self._chat = f"/sandbox/chats/{chat_id}/messages"

    def told(self) -> Counter[Told]:
        messages: list[dict[str, str]] = self._ask("GET", self._chat).json()
        return told_in(message["text"] for message in messages)

    def sends(self) -> list[Send]:
        """Return the last 500 calls, the oldest first."""
        return [Send(**send) for send in self._ask("GET", "/sandbox/sends").json()]

    def break_calls(self, kind: str, **fault: object) -> None:
        """Add a fault; the sandbox's README lists kinds and fields."""
        self._ask("POST", "/sandbox/faults", {"kind": kind, **fault})

    def clear_faults(self) -> None:
        self._ask("DELETE", "/sandbox/faults")

    def _ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        try:
            reply = httpx.request(
                method,
                self._url + path,
                json=body,
                headers={"Accept": "application/json"},
                timeout=ANSWER_TIMEOUT_S,
                trust_env=False,
            )
            reply.raise_for_status()
        except httpx.HTTPError as error:
            raise Unavailable(f"telegram sandbox: {error}") from error
        return reply
