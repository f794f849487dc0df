from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from order_service.converter.tasks import MalformedEvents, events_to_task, ships_from_task
from order_service.model.events import BuiltShip, EventRecord, ShipAssembled
from order_service.model.outbox import Redriven
from order_service.service.background.mark_assembled import MarkAssembled, OrdersLocked
from order_service.service.background.redrive_orders import ORDERS_A_PAGE, RedriveOrders
from tests.support.locks import free_lock, held_lock
from tests.unit.order_service.background.fakes import ORDER_ID, FakeOutbox
from tests.unit.order_service.builders import NOON, HandClock, a_paid_order, an_order
from tests.unit.order_service.fakes import FakeOrders


def overdue(redrives: int, *, orders: int = 1) -> FakeOutbox:
    return FakeOutbox(
        overdue=[Redriven(order_uuid=UUID(int=n), redrives=redrives) for n in range(orders)]
    )


def test_a_run_redrives_all_overdue_orders_page_by_page_and_logs_it_once() -> None:
    outbox = overdue(4, orders=3 * ORDERS_A_PAGE + 1)

    with capture_logs() as logs:
        redriven = RedriveOrders(outbox, try_lock=free_lock)()

    assert redriven == 3 * ORDERS_A_PAGE + 1
    assert [(line["event"], line["orders"]) for line in logs] == [
        ("orders_redriven", redriven),
        ("orders_stuck", redriven),
    ]


def test_a_run_ends_before_the_time_limit_of_its_task() -> None:
    outbox = overdue(1, orders=100 * ORDERS_A_PAGE)
    seconds = iter(range(1000))

    RedriveOrders(outbox, try_lock=free_lock, monotonic=lambda: next(seconds))()

    assert len(outbox.overdue) == 80 * ORDERS_A_PAGE


@pytest.mark.parametrize(("redrives", "errors"), [(1, 0), (2, 0), (3, 1), (4, 1)])
def test_an_order_that_is_redriven_a_third_time_is_an_error(redrives: int, errors: int) -> None:
    with capture_logs() as logs:
        RedriveOrders(overdue(redrives), try_lock=free_lock)()

    said = [line["event"] for line in logs if line["log_level"] == "error"]
    assert said == ["orders_stuck"] * errors


def test_only_one_worker_redrives_at_a_time() -> None:
    outbox = overdue(1)

    assert RedriveOrders(outbox, try_lock=held_lock)() == 0
    assert len(outbox.overdue) == 1


def test_orders_that_cannot_be_assembled_are_said_and_the_rest_is_done() -> None:
    strange, unpaid = UUID(int=1), UUID(int=2)
    paid = a_paid_order(order_uuid=ORDER_ID)
    orders = FakeOrders(paid, an_order(order_uuid=unpaid), clock=HandClock())

    with capture_logs() as logs:
        assembled = MarkAssembled(orders)(dict.fromkeys((ORDER_ID, strange, unpaid), BuiltShip(4)))

    assert assembled.moved == 1
    assert [(line["event"], line["order_uuids"]) for line in logs[1:]] == [
        ("assembled_orders_unknown", [str(strange)]),
        ("assembled_orders_not_paid", [str(unpaid)]),
    ]


def test_locked_orders_are_left_to_a_retry_after_the_others_are_moved() -> None:
    free, locked = UUID(int=1), a_paid_order(order_uuid=ORDER_ID)
    orders = FakeOrders(locked, a_paid_order(order_uuid=free), clock=HandClock())
    orders.locked.add(ORDER_ID)

    with capture_logs() as logs, pytest.raises(OrdersLocked, match=f"1 orders .* {ORDER_ID}"):
        MarkAssembled(orders)({ORDER_ID: BuiltShip(4), free: BuiltShip(5)})

    assert [(line["event"], line["orders"]) for line in logs] == [("orders_assembled", 1)]


@pytest.mark.parametrize(
    "arguments",
    [
        None,
        5,
        ["x"],
        [{"order_uuid": "x", "build_time_s": 1}],
        [{"order_uuid": str(ORDER_ID)}],
        [{"order_uuid": str(ORDER_ID), "build_time_s": 1, "record": [0, 1]}],
    ],
)
def test_malformed_task_arguments_are_refused(arguments: Any) -> None:
    with pytest.raises(MalformedEvents):
        ships_from_task(arguments)


def test_the_first_of_two_build_times_of_an_order_counts() -> None:
    events = [{"order_uuid": str(ORDER_ID), "build_time_s": n} for n in (3, 8)]

    assert ships_from_task(events) == {ORDER_ID: BuiltShip(3)}
    assert ships_from_task(**events_to_task([])) == {}


def test_a_task_carries_where_the_record_of_a_ship_is() -> None:
    record = EventRecord(partition=3, offset=17, at=NOON)
    event = ShipAssembled(
        event_uuid=UUID(int=1),
        order_uuid=ORDER_ID,
        user_uuid=UUID(int=2),
        build_time_s=4,
        record=record,
    )

    assert ships_from_task(**events_to_task([event])) == {ORDER_ID: BuiltShip(4, record)}
