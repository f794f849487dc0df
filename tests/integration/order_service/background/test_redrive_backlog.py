"""Thousands of ships that Redis lost are redriven in seconds."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text

from order_service.repository.outbox import PostgresOutbox
from order_service.service.background.redrive_orders import RedriveOrders
from tests.integration.order_service.background.conftest import OrderRows
from tests.integration.order_service.background.roles import OrderLine, StartRole
from tests.support.eventually import eventually
from tests.support.locks import free_lock

pytestmark = pytest.mark.engine

BACKLOG = 8_000

FILL = text("""
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
        now() - interval '1 minute'
    FROM paid
""")


def test_a_backlog_is_redriven_within_ten_seconds_and_does_not_delay_new_orders(
    line: OrderLine, engine: Engine, rows: OrderRows, start_role: StartRole
) -> None:
    with engine.begin() as tx:
        tx.execute(FILL, {"number": BACKLOG, "topic": line.paid_topic})
    start_role("relay")
    first = rows.add_event(rows.add(), topic=line.paid_topic)
    eventually(lambda: rows.event(first).published_at is not None, within_s=20)
    began = time.monotonic()

    waits_s = []
    with ThreadPoolExecutor(1) as pool:
        redriving = pool.submit(RedriveOrders(PostgresOutbox(engine), try_lock=free_lock))
        while not redriving.done() or rows.unpublished():
            waits_s.append(rows.seconds_to_publish(line.paid_topic))

    took_s = time.monotonic() - began
    assert redriving.result() == BACKLOG
    assert took_s < 10
    assert max(waits_s) < min(2, took_s / 2)
    assert len(line.records(line.paid_topic)) >= BACKLOG
