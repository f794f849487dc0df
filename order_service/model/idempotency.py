"""Requests with an Idempotency-Key, and the answers that their repeats get."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from libs.errors import InvalidInput
from order_service.model.errors import InFlight

KEPT_HOURS = 24
"""Hours for which a key is reserved for its first request."""

LEASE_S = 15
"""Seconds after which an unfinished attempt may be taken over: its process is taken for dead.
A slow attempt that was taken over cannot finish, so an early takeover does no harm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedRequest:
    """A caller's request under a key; equal requests have equal digests."""

    scope: str
    key: str
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """The right to answer a keyed request; an attempt that was taken over stores nothing."""

    scope: str
    key: str
    attempt_id: UUID
    is_repeat: bool = False
    """Whether an earlier attempt may have done the work or a part of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    body: Mapping[str, Any]
    location: str | None = None


class KeptAnswer(NamedTuple):
    """An attempt and its answer, stored in the transaction that does the attempt's work."""

    attempt: Attempt
    answer: Answer


class RequestInFlight(InFlight):
    def __init__(self) -> None:
        super().__init__("another request with this Idempotency-Key is in progress; retry")


class KeyReused(InvalidInput):
    def __init__(self) -> None:
        super().__init__("this Idempotency-Key was used for a different request")


class KeyMalformed(InvalidInput):
    def __init__(self) -> None:
        super().__init__("the Idempotency-Key is not 1 to 255 visible characters, bare or quoted")
