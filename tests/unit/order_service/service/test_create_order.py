from decimal import Decimal
from uuid import UUID

import pytest

from order_service.model.errors import InventoryUnavailable, PartsNotFound, TotalPriceTooHigh
from order_service.model.order import MAX_TOTAL_PRICE, OrderStatus
from order_service.service.orders.create_order import CreateOrder
from order_service.service.orders.ports import OrderFilter
from tests.unit.order_service.builders import ENGINE, NOON, USER, WING, HandClock, counted_ids
from tests.unit.order_service.fakes import FakeInventory, FakeOrders

GHOST = UUID("99999999-9999-4999-8999-999999999999")


class CreateOrderOnFakes:
    def __init__(self, **prices: str) -> None:
        clock = HandClock()
        self.orders = FakeOrders(clock=clock)
        self.inventory = FakeInventory(
            {ENGINE: Decimal(prices.get("engine", "70.10")), WING: Decimal("0.05")}
        )
        self.create_order = CreateOrder(
            self.orders, self.inventory, new_id=counted_ids(), clock=clock
        )


def test_an_order_costs_the_sum_of_its_parts_each_as_often_as_listed() -> None:
    order = CreateOrderOnFakes().create_order(USER, [ENGINE, WING, ENGINE])

    assert order.total_price == Decimal("140.25")
    assert order.part_uuids == (ENGINE, WING, ENGINE)


def test_a_created_order_is_stored_as_pending_payment() -> None:
    creating = CreateOrderOnFakes()

    order = creating.create_order(USER, [WING])

    assert creating.orders.get(order.order_uuid) == order
    assert (order.status, order.created_at) == (OrderStatus.PENDING_PAYMENT, NOON)


def test_every_missing_part_is_named_once() -> None:
    other_ghost = UUID(int=5)

    with pytest.raises(PartsNotFound) as caught:
        CreateOrderOnFakes().create_order(USER, [GHOST, ENGINE, other_ghost, GHOST])

    assert caught.value.part_uuids == (GHOST, other_ghost)
    assert str(GHOST) in str(caught.value)
    assert str(other_ghost) in str(caught.value)


def test_the_largest_total_price_is_still_accepted() -> None:
    order = CreateOrderOnFakes(engine=str(MAX_TOTAL_PRICE)).create_order(USER, [ENGINE])

    assert order.total_price == MAX_TOTAL_PRICE


def test_a_cent_above_the_largest_total_is_too_high() -> None:
    creating = CreateOrderOnFakes(engine=str(MAX_TOTAL_PRICE - Decimal("0.04")))

    with pytest.raises(TotalPriceTooHigh):
        creating.create_order(USER, [ENGINE, WING])


def test_nothing_is_stored_while_the_inventory_is_unavailable() -> None:
    creating = CreateOrderOnFakes()
    creating.inventory.failure = InventoryUnavailable()

    with pytest.raises(InventoryUnavailable):
        creating.create_order(USER, [ENGINE])

    assert creating.orders.newest(OrderFilter(), limit=9) == []
