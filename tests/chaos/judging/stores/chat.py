"""Reads the Telegram sandbox's chat by event, and adds faults."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from uuid import UUID

from deploy.local.configuration.environment import SANDBOX_CHAT
from libs.contracts.events.declared import TOLD
from libs.errors import Unavailable
from notification_service.converter.wording import TEMPLATES
from tests.chaos.judging.evidence import Told
from tests.support.servers.telegram import SandboxControl

KINDS = {
    (TEMPLATES / "en" / f"{event.kind}.html").read_text(encoding="utf-8").split()[4]: event.kind
    for event in TOLD
}
"""By the mark that a message about it begins with, behind "{% block message %}"."""

MARKS = "".join(KINDS)

EVENT = re.compile(rf"([{MARKS}])[^{MARKS}]*?([0-9a-f]{{8}}-[0-9a-f-]{{27}})")
"""A message or a digest line; in any language the order's id comes first."""


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


class Telegram(SandboxControl):
    """The sandbox, asked about events. Raises Unavailable when it does not answer."""

    def told(self) -> Counter[Told]:
        return told_in(message["text"] for message in self.messages(int(SANDBOX_CHAT)))

    def received(self) -> list[Send]:
        """Return the last 500, the oldest first."""
        return [Send(**send) for send in self.sends()]

    def _call(self, method: str, path: str, body: object = None) -> Any:
        try:
            return super()._call(method, path, body)
        except (OSError, HTTPException) as error:
            raise Unavailable(f"telegram sandbox: {error}") from error
