"""Orders that were paid some time ago, without asking the REST API."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from google.protobuf.timestamp_pb2 import Timestamp
from kafka import KafkaProducer
from psycopg2.extensions import connection
from psycopg2.extras import execute_values

from libs.clock import utc_now
from libs.contracts.events.declared import ORDER_PAID
from libs.contracts.events.v1.events_pb2 import OrderPaid

A_PAGE = 1000

EVENT_TYPE = "event-type"

PUBLISHED_WITHIN_S = 60.0

INSERT_ORDERS = """
    INSERT INTO orders (order_uuid, user_uuid, part_uuids, total_price, status, payment_method,
        transaction_uuid, created_at, paid_at, updated_at)
    VALUES %s
"""
ORDER = """
    (%s::uuid, %s::uuid, ARRAY[gen_random_uuid()], 1, 'PAID', 'CARD', gen_random_uuid(), %s, %s, %s)
"""

INSERT_OUTBOX = """
    INSERT INTO outbox (event_uuid, order_uuid, topic, key, payload, headers, occurred_at,
        published_at)
    VALUES %s
"""
EVENT = "(%s::uuid, %s::uuid, %s, %s, %s, %s::jsonb, %s, %s)"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidOrder:
    order_uuid: UUID
    user_uuid: UUID
    paid_at: datetime

    @property
    def event_uuid(self) -> UUID:
        return ORDER_PAID.event_uuid(self.order_uuid)

    @property
    def payload(self) -> bytes:
        occurred_at = Timestamp()
        occurred_at.FromDatetime(self.paid_at)
        return OrderPaid(
            event_uuid=str(self.event_uuid),
            order_uuid=str(self.order_uuid),
            user_uuid=str(self.user_uuid),
            payment_method="CARD",
            transaction_uuid=str(uuid4()),
            occurred_at=occurred_at,
        ).SerializeToString()


def paid_orders(count: int, *, ago_s: float) -> list[PaidOrder]:
    paid_at = utc_now() - timedelta(seconds=ago_s)
    return [PaidOrder(order_uuid=uuid4(), user_uuid=uuid4(), paid_at=paid_at) for _ in range(count)]


def store_orders(database: connection, orders: Iterable[PaidOrder]) -> None:
    """Insert them as PAID."""
    rows = [(str(each.order_uuid), str(each.user_uuid), *[each.paid_at] * 3) for each in orders]
    with database.cursor() as cursor:
        execute_values(cursor, INSERT_ORDERS, rows, template=ORDER, page_size=A_PAGE)


def store_published(database: connection, orders: Iterable[PaidOrder]) -> None:
    """Insert their events, as published when the order was paid."""
    headers = json.dumps({EVENT_TYPE: ORDER_PAID.type_name})
    rows = [
        (
            *(str(each.event_uuid), str(each.order_uuid), ORDER_PAID.topic, str(each.order_uuid)),
            *(each.payload, headers, each.paid_at, each.paid_at),
        )
        for each in orders
    ]
    with database.cursor() as cursor:
        execute_values(cursor, INSERT_OUTBOX, rows, template=EVENT, page_size=A_PAGE)


def publish(brokers: str, orders: Sequence[PaidOrder]) -> None:
    """Publish their OrderPaid events with the time of the payment."""
    producer = KafkaProducer(bootstrap_servers=[brokers], acks="all", linger_ms=20)
    try:
        for each in orders:
            producer.send(
                ORDER_PAID.topic,
                key=str(each.order_uuid).encode(),
                value=each.payload,
                headers=[(EVENT_TYPE, ORDER_PAID.type_name.encode())],
                timestamp_ms=int(each.paid_at.timestamp() * 1e3),
            )
        producer.flush(timeout=PUBLISHED_WITHIN_S)
    finally:
        producer.close()
