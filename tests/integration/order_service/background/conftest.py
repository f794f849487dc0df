"""A migrated database with orders in given states."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
from sqlalchemy import Engine, text

from libs.kafka.client.topics import Topics
from libs.settings.groups import PostgresSettings
from tests.conftest import MakeTopic
from tests.integration.order_service.background.roles import PARTITIONS, OrderLine
from tests.support.eventually import eventually
from tests.support.roles import StartRole, role_starter

INSERT_ORDER = text("""
    INSERT INTO orders (order_uuid, user_uuid, part_uuids, total_price, status, created_at,
        updated_at, payment_method, transaction_uuid, paid_at, assembled_at, build_time_s)
    VALUES (:order_uuid, :order_uuid, ARRAY[CAST(:order_uuid AS uuid)], 1, :status, now(), now(),
        CASE WHEN :paid THEN 'CARD' END, CASE WHEN :paid THEN CAST(:order_uuid AS uuid) END,
        CASE WHEN :paid THEN now() END, CASE WHEN :status = 'ASSEMBLED' THEN now() END,
        CASE WHEN :status = 'ASSEMBLED' THEN 5 END)
""")

INSERT_EVENT = text("""
    INSERT INTO outbox (event_uuid, order_uuid, topic, key, payload, headers, occurred_at,
        published_at, redrives)
    VALUES (:event_uuid, :order_uuid, :topic, :key, :payload,
        '{"event-type": "events.v1.OrderPaid"}',
        now() - CAST(:age AS interval), now() - CAST(:published_ago AS interval), :redrives)
""")

INSERT_BACKLOG = text("""
    WITH paid AS (
        INSERT INTO orders (order_uuid, user_uuid, part_uuids, total_price, status, created_at,
            updated_at, payment_method, transaction_uuid, paid_at)
        SELECT id, id, ARRAY[id], 1, 'PAID', now(), now(), 'CARD', id, now()
        FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, :number)) AS new
        RETURNING order_uuid
    )
    INSERT INTO outbox (event_uuid, order_uuid, topic, key, payload, headers, occurred_at,
        published_at)
    SELECT order_uuid, order_uuid, :topic, order_uuid::text, 'paid',
        '{"event-type": "events.v1.OrderPaid"}', now() - interval '1 minute',
        now() - CAST(:published_ago AS interval)
    FROM paid
""")

CALL_IT_OTHER = text("""
    UPDATE outbox
    SET event_uuid = :event_uuid, headers = '{"event-type": "events.v1.OrderOther"}'
    WHERE event_uuid = :was
""")


@dataclass(frozen=True, slots=True)
class OrderRows:
    """Writes rows as the REST role does, and reads them."""

    engine: Engine

    def add(self, status: str = "PAID") -> UUID:
        order_uuid = uuid4()
        paid = status in {"PAID", "ASSEMBLED"}
        values = {"order_uuid": order_uuid, "status": status, "paid": paid}
        with self.engine.begin() as tx:
            tx.execute(INSERT_ORDER, values)
        return order_uuid

    def add_event(
        self,
        order_uuid: UUID,
        *,
        topic: str = "order.paid",
        age: timedelta = timedelta(0),
        published_ago: timedelta | None = None,
        redrives: int = 0,
        payload: bytes = b"paid",
    ) -> UUID:
        event_uuid = uuid5(order_uuid, "order.paid")
        values = {
            "event_uuid": event_uuid,
            "order_uuid": order_uuid,
            "topic": topic,
            "key": str(order_uuid),
            "payload": payload,
            "age": age,
            "published_ago": published_ago,
            "redrives": redrives,
        }
        with self.engine.begin() as tx:
            tx.execute(INSERT_EVENT, values)
        return event_uuid

    def add_other_event(
        self,
        order_uuid: UUID,
        *,
        published_ago: timedelta | None = None,
        age: timedelta = timedelta(0),
    ) -> UUID:
        """Write an event that is no OrderPaid."""
        values = {
            "was": self.add_event(order_uuid, published_ago=published_ago, age=age),
            "event_uuid": uuid5(order_uuid, "order.other"),
        }
        with self.engine.begin() as tx:
            tx.execute(CALL_IT_OTHER, values)
        return values["event_uuid"]

    def add_backlog(
        self, number: int, *, topic: str = "order.paid", published_ago: timedelta | None = None
    ) -> None:
        """Write paid orders with events of a minute ago."""
        values = {"number": number, "topic": topic, "published_ago": published_ago}
        with self.engine.begin() as tx:
            tx.execute(INSERT_BACKLOG, values)

    def order(self, order_uuid: UUID) -> Any:
        return self._row("SELECT * FROM orders WHERE order_uuid = :key", order_uuid)

    def event(self, event_uuid: UUID) -> Any:
        return self._row("SELECT * FROM outbox WHERE event_uuid = :key", event_uuid)

    def unpublished(self) -> int:
        with self.engine.connect() as connection:
            query = text("SELECT count(*) FROM outbox WHERE published_at IS NULL")
            return int(connection.execute(query).scalar_one())

    def seconds_to_publish(self, topic: str) -> float:
        """Pay another order; return how long its event waits for the relay."""
        event_uuid = self.add_event(self.add(), topic=topic)
        began = time.monotonic()
        eventually(lambda: self.event(event_uuid).published_at is not None, every_s=0.01)
        return time.monotonic() - began

    def _row(self, query: str, key: UUID) -> Any:
        with self.engine.connect() as connection:
            return connection.execute(text(query), {"key": key}).one_or_none()


@contextmanager
def locked(engine: Engine, table: str, column: str, key: UUID) -> Iterator[None]:
    """Lock the row in an open transaction, as another session may for hours."""
    query = text(f"SELECT FROM {table} WHERE {column} = :key FOR UPDATE")  # ours
    with engine.connect() as holder:
        holder.execute(query, {"key": key})
        yield
        holder.rollback()


@pytest.fixture
def engine(migrated_engine: Callable[[str], Engine]) -> Engine:
    return migrated_engine("order_service.migrations")


@pytest.fixture
def rows(engine: Engine) -> OrderRows:
    return OrderRows(engine)


@pytest.fixture
def line(
    kafka_brokers: str,
    make_topic: MakeTopic,
    redis_url: str,
    postgres: PostgresSettings,
    tmp_path: Path,
) -> OrderLine:
    paid, assembled = make_topic(PARTITIONS), make_topic(PARTITIONS)
    Topics({"bootstrap_servers": [kafka_brokers]}).create(
        (paid, assembled), partitions=PARTITIONS, replication=1
    )
    return OrderLine(kafka_brokers, redis_url, postgres, paid, assembled, tmp_path)


@pytest.fixture
def start_role(line: OrderLine) -> Iterator[StartRole]:
    with role_starter("order_service", line.environment) as start:
        yield start
