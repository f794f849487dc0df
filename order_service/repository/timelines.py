"""Reads the way of an order from PostgreSQL."""

from uuid import UUID

from sqlalchemy import Connection, Engine, RowMapping, text

from libs.postgres.transactions import run_autocommit
from order_service.model.errors import OrderNotFound
from order_service.model.events import EventRecord
from order_service.model.timeline import QueuedEvent, Timeline
from order_service.repository.rows import order_from_row
from order_service.repository.tables import IS_ORDER_PAID
from order_service.service.orders.ports import Timelines

GET_TIMELINE = text(f"""
    SELECT orders.*, event_uuid, topic, occurred_at, published_at, partition, record_offset,
        redrives, refused_at, last_error
    FROM orders LEFT JOIN outbox ON outbox.order_uuid = orders.order_uuid AND {IS_ORDER_PAID}
    WHERE orders.order_uuid = :wanted
    LIMIT 1
""")  # noqa: S608  # constants of the tables


class PostgresTimelines(Timelines):
    def __init__(self, engine: Engine, *, assembled_topic: str) -> None:
        self._engine = engine
        self._assembled_topic = assembled_topic

    def timeline(self, order_uuid: UUID) -> Timeline:
        def read(tx: Connection) -> RowMapping | None:
            return tx.execute(GET_TIMELINE, {"wanted": order_uuid}).mappings().one_or_none()

        row = run_autocommit(self._engine, read)
        if row is None:
            raise OrderNotFound(order_uuid)
        return Timeline(
            order=order_from_row(row),
            updated_at=row["updated_at"],
            assembled_topic=self._assembled_topic,
            claimed_at=row["claimed_at"],
            event=_event(row),
            ship=_ship(row),
        )


def _event(row: RowMapping) -> QueuedEvent | None:
    if row["event_uuid"] is None:
        return None
    return QueuedEvent(
        event_uuid=row["event_uuid"],
        topic=row["topic"],
        occurred_at=row["occurred_at"],
        published_at=row["published_at"],
        partition=row["partition"],
        offset=row["record_offset"],
        redrives=row["redrives"],
        refused_at=row["refused_at"],
        last_error=row["last_error"],
    )


def _ship(row: RowMapping) -> EventRecord | None:
    if row["assembled_offset"] is None:
        return None
    return EventRecord(
        row["assembled_partition"], row["assembled_offset"], row["assembled_recorded_at"]
    )
