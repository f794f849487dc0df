"""Injected faults: which call fails, how, how often and for how long."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Seconds = Callable[[], float]
"""A monotonic clock."""


class FaultKind(StrEnum):
    ANSWER = "answer"
    HANG = "hang"
    DROP = "drop"
    REFUSE = "refuse"


DESCRIPTIONS = {
    400: "Bad Request: message text is empty",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    409: "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first",
    429: "Too Many Requests: retry after {retry_after}",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault, for the calls that it matches. The README describes each field."""

    kind: FaultKind
    method: str = "sendmessage"
    chat_id: int | None = None
    text: str = ""
    status: int = 500
    description: str = ""
    retry_after: int = 0
    migrate_to: int = 0
    accept: bool = False
    calls: int | None = None
    seconds: float | None = None

    def matches(self, method: str, chat_id: str, text: str) -> bool:
        return (
            self.method in ("*", method)
            and (self.chat_id is None or str(self.chat_id) == chat_id)
            and self.text in text
        )

    def wording(self) -> str:
        if self.migrate_to and not self.description:
            return "Bad Request: group chat was upgraded to a supergroup chat"
        words = self.description or DESCRIPTIONS.get(self.status, "Internal Server Error")
        return words.replace("{retry_after}", str(self.retry_after))


def fault_from_json(wire: Mapping[str, Any]) -> Fault:
    """Parse the request of a caller. Raises ValueError."""
    unknown = wire.keys() - set(Fault.__slots__)
    if unknown:
        raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}")
    if "kind" not in wire:
        raise ValueError(f"kind is missing: {', '.join(FaultKind)}")
    fields = {**wire, "kind": FaultKind(wire["kind"])}
    fields["method"] = str(wire.get("method", "sendMessage")).lower()
    return Fault(**fields)


@dataclass(slots=True)
class _Active:
    fault: Fault
    calls_left: int | None
    until_s: float | None


class FaultBook:
    """The active faults, the oldest first. The first that matches applies to a call."""

    def __init__(self, clock: Seconds) -> None:
        self._clock = clock
        self._active: list[_Active] = []
        self._cleared = asyncio.Event()

    def add(self, fault: Fault) -> None:
        until_s = None if fault.seconds is None else self._clock() + fault.seconds
        self._active.append(_Active(fault, fault.calls, until_s))

    def clear(self) -> None:
        """Remove every fault and release the calls that hang."""
        self._active.clear()
        self._cleared.set()
        self._cleared = asyncio.Event()

    def in_force(self) -> list[Fault]:
        now_s = self._clock()
        self._active = [
            each
            for each in self._active
            if each.calls_left != 0 and (each.until_s is None or each.until_s > now_s)
        ]
        return [each.fault for each in self._active]

    def meet(self, method: str, chat_id: str, text: str) -> Fault | None:
        """Return the fault that applies to this call, and count the call."""
        self.in_force()
        for each in self._active:
            if each.fault.matches(method, chat_id, text):
                if each.calls_left is not None:
                    each.calls_left -= 1
                return each.fault
        return None

    async def hang(self, longest_s: float) -> None:
        """Wait until the faults are cleared, at most longest_s."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._cleared.wait(), longest_s)
