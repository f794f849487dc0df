"""The outbox in PostgreSQL."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, RowMapping

from libs.postgres.arrays import array_text
from libs.postgres.polling import Poll
from libs.postgres.transactions import run_transaction
from order_service.model.outbox import (
    Lane,
    OutboxEvent,
    PaidOrder,
    Publication,
    Redriven,
    RedrivePage,
)
from order_service.repository.outbox_statements import (
    DELETE_DONE,
    HAS_WAITING,
    MARK_PUBLISHED,
    MARK_REFUSED,
    NEXT_PAID,
    REDRIVE_OVERDUE,
    TAKE_WAITING,
    WAITING,
)
from order_service.service.background.ports import Outbox, Publish

FIRST_PAGE = {"paid_at": "-infinity", "order_uuid": UUID(int=0)}


class PostgresOutbox(Outbox):
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._has_waiting = {lane: Poll(engine, HAS_WAITING[lane]) for lane in Lane}

    def has_waiting(self, lane: Lane) -> bool:
        return bool(self._has_waiting[lane]())

    def publish_waiting(self, lane: Lane, publish: Publish, *, limit: int) -> Publication:
        def relay(tx: Connection) -> Publication:
            rows = tx.execute(TAKE_WAITING[lane], {"limit": limit}).mappings().all()
            if not rows:
                return Publication()
            publication = publish([_event(row) for row in rows])
            _mark(tx, publication)
            return publication

        return run_transaction(self._engine, relay)

    def waiting(self, lane: Lane, *, limit: int) -> Sequence[UUID]:
        def read(tx: Connection) -> Sequence[UUID]:
            return tx.execute(WAITING[lane], {"limit": limit}).scalars().all()

        return run_transaction(self._engine, read)

    def redrive_overdue(self, *, limit: int, after: PaidOrder | None) -> RedrivePage:
        position = after._asdict() if after else FIRST_PAGE

        def redrive(tx: Connection) -> RedrivePage:
            page = tx.execute(NEXT_PAID, {**position, "limit": limit}).all()
            if not page:
                return RedrivePage()
            orders = [row.order_uuid for row in page]
            rows = tx.execute(REDRIVE_OVERDUE, {"orders": orders}).mappings()
            redriven = {row["order_uuid"]: Redriven(**row) for row in rows}
            in_order = tuple(redriven[each] for each in orders if each in redriven)
            return RedrivePage(redriven=in_order, last=PaidOrder(*page[-1]))

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
        places = [publication.stored_at.get(each) for each in publication.acknowledged]
        published = {
            "events": array_text(publication.acknowledged),
            "partitions": array_text(place and place.partition for place in places),
            "offsets": array_text(place and place.offset for place in places),
        }
        tx.execute(MARK_PUBLISHED, published)
    if publication.refused:
        refusals: dict[str, Any] = {
            "events": list(publication.refused),
            "reasons": [each.reason for each in publication.refused.values()],
        }
        tx.execute(MARK_REFUSED, refusals)
