"""A request that its customer may send again, and the answer that it then gets again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from libs.errors import InvalidInput
from order_service.model.errors import InFlight

KEPT_HOURS = 24
"""Hours for which a key stands for its first request."""

LEASE_S = 15
"""Seconds after which an attempt that has not ended may be taken over: its process died. One that
was only slow cannot end any more, so an early takeover costs no more than a repeated look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedRequest:
    """Equal requests of a caller have equal digests."""

    scope: str
    key: str
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """The right to answer a keyed request; of an attempt that was taken over nothing is kept."""

    scope: str
    key: str
    attempt_id: UUID
    is_repeat: bool = False
    """Whether an attempt before may have done the work, or a part of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    body: Mapping[str, Any]
    location: str | None = None


class KeptAnswer(NamedTuple):
    """What an attempt came to: stored in the transaction that does the attempt's work."""

    attempt: Attempt
    answer: Answer


class RequestInFlight(InFlight):
    def __init__(self) -> None:
        super().__init__("a request with this Idempotency-Key is in flight")


class KeyReused(InvalidInput):
    def __init__(self) -> None:
        super().__init__("this Idempotency-Key stands for another request")


class KeyMalformed(InvalidInput):
    def __init__(self) -> None:
        super().__init__("the Idempotency-Key is not 1 to 255 visible characters, bare or quoted")
