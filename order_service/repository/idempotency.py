"""Idempotency keys in PostgreSQL."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, RowMapping

from libs.postgres.transactions import run_transaction
from order_service.model.idempotency import (
    Answer,
    Attempt,
    KeyedRequest,
    KeyReused,
    RequestInFlight,
)
from order_service.repository.idempotency_statements import (
    BEGIN,
    DELETE_EXPIRED,
    FINISH,
    RELEASE,
    SEE,
)
from order_service.service.orders.edge_ports import IdempotencyKeys


class PostgresIdempotencyKeys(IdempotencyKeys):
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, request: KeyedRequest, *, attempt_id: UUID) -> Attempt | Answer:
        place = {"scope": request.scope, "key": request.key}
        values = {**place, "digest": request.digest, "mine": attempt_id}

        def take(tx: Connection) -> Attempt | Answer:
            if row := tx.execute(BEGIN, values).mappings().one_or_none():
                return Attempt(**place, attempt_id=attempt_id, is_repeat=row["is_repeat"])
            return _answer(tx.execute(SEE, place).mappings().one_or_none(), request)

        return run_transaction(self._engine, take)

    def finish(self, attempt: Attempt, answer: Answer) -> None:
        run_transaction(self._engine, lambda tx: keep_answer(tx, attempt, answer))

    def release(self, attempt: Attempt) -> None:
        run_transaction(self._engine, lambda tx: tx.execute(RELEASE, _mine(attempt)))

    def delete_expired(self, *, limit: int) -> int:
        def delete(tx: Connection) -> int:
            return tx.execute(DELETE_EXPIRED, {"limit": limit}).rowcount

        return run_transaction(self._engine, delete)


def keep_answer(tx: Connection, attempt: Attempt, answer: Answer) -> bool:
    """Store the answer within the transaction; return False if the attempt was taken over.

    A repeat by the same attempt succeeds: its commit may have lost only its answer.
    """
    values = {"status": answer.status, "body": answer.body, "location": answer.location}
    if tx.execute(FINISH, {**_mine(attempt), **values}).rowcount:
        return True
    place = {"scope": attempt.scope, "key": attempt.key}
    row = tx.execute(SEE, place).mappings().one_or_none()
    return row is not None and row["attempt_id"] == attempt.attempt_id


def _mine(attempt: Attempt) -> dict[str, Any]:
    return {"scope": attempt.scope, "key": attempt.key, "mine": attempt.attempt_id}


def _answer(row: RowMapping | None, request: KeyedRequest) -> Answer:
    """Return the stored answer. Raises RequestInFlight if the row was deleted meanwhile."""
    if row is None:
        raise RequestInFlight
    if bytes(row["request_digest"]) != request.digest:
        raise KeyReused
    if row["status"] is None:
        raise RequestInFlight
    return Answer(status=row["status"], body=row["body"], location=row["location"])
