"""The outbox in PostgreSQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping

from libs.postgres.polling import Poll
from libs.postgres.transactions import run_transaction
from order_service.model.outbox import OutboxEvent, Publication, Redriven
from order_service.repository.outbox_statements import (
    DELETE_DONE,
    HAS_WAITING,
    MARK_PUBLISHED,
    NOTE_REFUSALS,
    REDRIVE_OVERDUE,
    TAKE_WAITING,
)
from order_service.service.background_ports import Outbox, Publish


class PostgresOutbox(Outbox):
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._has_waiting = Poll(engine, HAS_WAITING)

    def has_waiting(self) -> bool:
        return bool(self._has_waiting())

    def publish_waiting(self, publish: Publish, *, limit: int) -> Publication:
        def relay(tx: Connection) -> Publication:
            rows = tx.execute(TAKE_WAITING, {"limit": limit}).mappings().all()
            if not rows:
                return Publication()
            publication = publish([_event(row) for row in rows])
            _mark(tx, publication)
            return publication

        return run_transaction(self._engine, relay)

    def redrive_overdue(self, *, limit: int) -> Sequence[Redriven]:
        def redrive(tx: Connection) -> Sequence[Redriven]:
            rows = tx.execute(REDRIVE_OVERDUE, {"limit": limit}).mappings()
            return [Redriven(order_uuid=r["order_uuid"], redrives=r["redrives"]) for r in rows]

        return run_transaction(self._engine, redrive)

    def delete_done(self, *, limit: int) -> int:
        def delete(tx: Connection) -> int:
            return tx.execute(DELETE_DONE, {"limit": limit}).rowcount

        return run_transaction(self._engine, delete)


def _event(row: RowMapping) -> OutboxEvent:
    return OutboxEvent(
        event_uuid=row["event_uuid"],
        topic=row["topic"],
        key=row["key"],
        payload=bytes(row["payload"]),
        headers=row["headers"],
        occurred_at=row["occurred_at"],
    )


def _mark(tx: Connection, publication: Publication) -> None:
    if publication.acknowledged:
        tx.execute(MARK_PUBLISHED, {"events": list(publication.acknowledged)})
    if publication.refused:
        refusals: dict[str, Any] = {
            "events": list(publication.refused),
            "reasons": list(publication.refused.values()),
        }
        tx.execute(NOTE_REFUSALS, refusals)
