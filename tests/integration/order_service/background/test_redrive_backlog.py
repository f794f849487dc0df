"""Thousands of ships that Redis lost are redriven in seconds."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import Engine

from order_service.repository.outbox import PostgresOutbox
from order_service.service.background.redrive_orders import RedriveOrders
from tests.integration.order_service.background.conftest import OrderRows
from tests.integration.order_service.background.roles import OrderLine
from tests.support.eventually import eventually
from tests.support.locks import free_lock
from tests.support.roles import StartRole

BACKLOG = 8_000


def test_a_backlog_is_redriven_within_ten_seconds_and_does_not_delay_new_orders(
    line: OrderLine, engine: Engine, rows: OrderRows, start_role: StartRole
) -> None:
    rows.add_backlog(BACKLOG, topic=line.paid_topic, published_ago=timedelta(minutes=1))
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
