import time
from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine

from order_service.model.events import BuiltShip, EventRecord
from order_service.model.order import Assembled
from order_service.repository.assembled_orders import PostgresAssembledOrders
from tests.integration.order_service.background.conftest import OrderRows, locked


@pytest.fixture
def orders(engine: Engine) -> PostgresAssembledOrders:
    return PostgresAssembledOrders(engine)


def test_paid_orders_are_assembled_with_their_build_times(
    orders: PostgresAssembledOrders, rows: OrderRows
) -> None:
    first, second = rows.add(), rows.add()
    record = EventRecord(partition=3, offset=17, at=datetime(2026, 1, 2, tzinfo=UTC))

    assembled = orders.mark_assembled({first: BuiltShip(3, record), second: BuiltShip(9)})

    assert assembled == Assembled(moved=2)
    row = rows.order(first)
    assert (row.status, row.build_time_s) == ("ASSEMBLED", 3)
    assert row.assembled_at == row.updated_at
    assert row.assembled_at > row.paid_at
    assert rows.order(second).build_time_s == 9
    place = (row.assembled_partition, row.assembled_offset, row.assembled_recorded_at)
    assert place == record
    assert rows.order(second).assembled_offset is None


def test_a_locked_order_is_named_and_delays_no_other(
    orders: PostgresAssembledOrders, rows: OrderRows, engine: Engine
) -> None:
    batch = [rows.add() for _ in range(120)]
    began = time.monotonic()

    with locked(engine, "orders", "order_uuid", batch[60]):
        assembled = orders.mark_assembled(dict.fromkeys(batch, BuiltShip(5)))

    assert assembled == Assembled(moved=119, locked=(batch[60],))
    assert time.monotonic() - began < 1
    repeat = orders.mark_assembled(dict.fromkeys(batch, BuiltShip(5)))
    assert repeat == Assembled(moved=1, repeated=119)


def test_concurrent_overlapping_batches_move_each_order_once_without_a_deadlock(
    orders: PostgresAssembledOrders, rows: OrderRows
) -> None:
    batch = [rows.add() for _ in range(60)]
    begin = Barrier(4)
    results: list[Assembled] = []

    def mark_reversed() -> None:
        begin.wait(10)
        results.append(orders.mark_assembled(dict.fromkeys(reversed(batch), BuiltShip(5))))

    def mark_forward() -> None:
        begin.wait(10)
        results.append(orders.mark_assembled(dict.fromkeys(batch, BuiltShip(5))))

    threads = [Thread(target=each) for each in (mark_forward, mark_reversed) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sum(result.moved for result in results) == len(batch)
    assert sum(result.repeated + len(result.locked) for result in results) == 3 * len(batch)
