"""Idempotency keys in memory."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from uuid import UUID

from libs.clock import Clock
from libs.errors import AppError
from order_service.model.idempotency import (
    KEPT_HOURS,
    LEASE_S,
    Answer,
    Attempt,
    KeyedRequest,
    KeyReused,
    RequestInFlight,
)
from order_service.service.orders.edge_ports import IdempotencyKeys


@dataclass
class KeptKey:
    digest: bytes
    created_at: datetime
    attempted_at: datetime
    attempt_id: UUID | None
    answer: Answer | None = None


class FakeIdempotencyKeys(IdempotencyKeys):
    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._kept: dict[tuple[str, str], KeptKey] = {}
        self.failing_at: dict[str, AppError] = {}
        """Method name to the error that it raises before it does anything."""

    def begin(self, request: KeyedRequest, *, attempt_id: UUID) -> Attempt | Answer:
        self._fail("begin")
        place, now = (request.scope, request.key), self._clock()
        with self._lock:
            kept = self._kept.get(place)
            if kept is None or self._is_expired(kept):
                self._kept[place] = KeptKey(request.digest, now, now, attempt_id)
                return _attempt(request, attempt_id)
            if kept.digest != request.digest:
                raise KeyReused
            if kept.answer is not None:
                return kept.answer
            lease_ended = kept.attempted_at < now - timedelta(seconds=LEASE_S)
            if kept.attempt_id not in (None, attempt_id) and not lease_ended:
                raise RequestInFlight
            kept.attempt_id, kept.attempted_at = attempt_id, now
            return _attempt(request, attempt_id, is_repeat=True)

    def finish(self, attempt: Attempt, answer: Answer) -> None:
        self._fail("finish")
        self.keep_answer(attempt, answer)

    def keep_answer(self, attempt: Attempt, answer: Answer) -> bool:
        with self._lock:
            kept = self._kept[attempt.scope, attempt.key]
            if kept.attempt_id != attempt.attempt_id:
                return False
            kept.answer = kept.answer or answer
            return True

    def release(self, attempt: Attempt) -> None:
        self._fail("release")
        with self._lock:
            kept = self._kept[attempt.scope, attempt.key]
            if kept.attempt_id == attempt.attempt_id and kept.answer is None:
                kept.attempt_id = None

    def delete_expired(self, *, limit: int) -> int:
        with self._lock:
            oldest = sorted(self._kept, key=lambda place: self._kept[place].created_at)
            expired = [place for place in oldest if self._is_expired(self._kept[place])][:limit]
            for place in expired:
                del self._kept[place]
            return len(expired)

    def _is_expired(self, kept: KeptKey) -> bool:
        return kept.created_at < self._clock() - timedelta(hours=KEPT_HOURS)

    def _fail(self, method: str) -> None:
        if error := self.failing_at.get(method):
            raise error


def _attempt(request: KeyedRequest, attempt_id: UUID, *, is_repeat: bool = False) -> Attempt:
    return Attempt(scope=request.scope, key=request.key, attempt_id=attempt_id, is_repeat=is_repeat)
