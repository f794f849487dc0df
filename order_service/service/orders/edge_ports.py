"""Ports of the REST edge: idempotency keys and call counts."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from order_service.model.idempotency import Answer, Attempt, KeyedRequest


class IdempotencyKeys(Protocol):
    """Every method is one transaction. All raise DatabaseUnavailable (a kind of Unavailable)."""

    def begin(self, request: KeyedRequest, *, attempt_id: UUID) -> Attempt | Answer:
        """Take the key for this attempt, or return the stored answer of its request.

        Takes over a key whose attempt was released, or began 15 s ago and has not ended. After
        24 h a key is new again. A repeat with the same attempt_id succeeds. Raises KeyReused when
        the key was used for a different request, RequestInFlight.
        """

    def finish(self, attempt: Attempt, answer: Answer) -> None:
        """Store the answer; the first one stays. An attempt that was taken over stores nothing."""

    def release(self, attempt: Attempt) -> None:
        """Allow a retry of the request. Does not change a finished or taken over attempt."""

    def delete_expired(self, *, limit: int) -> int:
        """Delete keys older than 24 h, the oldest first; return how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A caller's calls in the current window, and when the window ends."""

    calls: int
    ends_in_s: float


class CallCounter(Protocol):
    def count(self, caller: str, *, window_s: int) -> Window | None:
        """Count a call. Returns None without delay while the store fails; does not raise."""
