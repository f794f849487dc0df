"""Reads the order service's database and shifts its times."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, text


class OrderDatabase:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def row(self, order_uuid: UUID | str) -> dict[str, Any]:
        query = "SELECT * FROM orders WHERE order_uuid = :order"
        with self.engine.begin() as tx:
            return dict(tx.execute(text(query), {"order": str(order_uuid)}).mappings().one())

    def events(self, order_uuid: UUID | str) -> list[dict[str, Any]]:
        query = "SELECT * FROM outbox WHERE order_uuid = :order"
        with self.engine.begin() as tx:
            rows = tx.execute(text(query), {"order": str(order_uuid)}).mappings()
            return [dict(row) for row in rows]

    def orders(self) -> int:
        with self.engine.begin() as tx:
            return int(tx.execute(text("SELECT count(*) FROM orders")).scalar_one())

    @contextmanager
    def locked(self, *order_uuids: UUID) -> Iterator[None]:
        """Hold the locks of the orders' rows."""
        query = "SELECT FROM orders WHERE order_uuid = ANY(:orders) FOR UPDATE"
        with self.engine.begin() as tx:
            tx.execute(text(query), {"orders": list(order_uuids)})
            yield

    @contextmanager
    def unwritable(self, table: str) -> Iterator[None]:
        """Let writes to the table wait."""
        with self.engine.begin() as tx:
            tx.execute(text(f"LOCK TABLE {table} IN SHARE MODE"))
            yield

    def blocked_sessions(self) -> int:
        query = """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'
        """
        with self.engine.begin() as tx:
            return int(tx.execute(text(query)).scalar_one())

    def age_keys(self) -> None:
        query = "UPDATE idempotency_keys SET attempted_at = attempted_at - interval '16 s'"
        with self.engine.begin() as tx:
            tx.execute(text(query))

    def age_claims(self) -> None:
        query = "UPDATE orders SET paying_since = paying_since - interval '11 s'"
        with self.engine.begin() as tx:
            tx.execute(text(query))
