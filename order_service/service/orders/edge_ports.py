"""What the edge of the REST interface needs from outside."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from order_service.model.idempotency import Answer, Attempt, KeyedRequest


class IdempotencyKeys(Protocol):
    """Every method is one transaction. All raise DatabaseUnavailable (a kind of Unavailable)."""

    def begin(self, request: KeyedRequest, *, attempt_id: UUID) -> Attempt | Answer:
        """Take the key for this attempt, or return the answer that its request got.

        A key whose attempt was released, or began 15 s ago and never ended, is taken over. After
        24 h a key is new again. The same attempt_id again meets its own attempt. Raises KeyReused
        when the key stands for another request, RequestInFlight.
        """
        ...

    def finish(self, attempt: Attempt, answer: Answer) -> None:
        """Keep the answer; the first one stays. An attempt that was taken over keeps nothing."""
        ...

    def release(self, attempt: Attempt) -> None:
        """Let the same request try again; a finished or taken over attempt is left alone."""
        ...

    def delete_expired(self, *, limit: int) -> int:
        """Delete keys of more than 24 h ago, the oldest first; return how many."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What a caller has used of the time that is counted."""

    calls: int
    ends_in_s: float


class CallCounter(Protocol):
    def count(self, caller: str, *, window_s: int) -> Window | None:
        """Count a call; None, soon, while nobody can count. Raises nothing for the store's sake."""
        ...
