from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import pytest

from order_service.model.errors import TotalPriceTooHigh
from order_service.model.order import MAX_TOTAL_PRICE, Order, OrderStatus
from order_service.service.orders.create_order import CreateOrder
from tests.support.ids import counted_ids
from tests.unit.order_service.builders import ENGINE, NOON, USER, WING, HandClock
from tests.unit.order_service.fakes import FakeInventory, FakeOrders


def created(part_uuids: Sequence[UUID], *, engine: Decimal = Decimal("70.10")) -> Order:
    """Create an order and read it back; a wing costs five cents."""
    orders = FakeOrders(clock=HandClock())
    inventory = FakeInventory({ENGINE: engine, WING: Decimal("0.05")})
    create_order = CreateOrder(orders, inventory, new_id=counted_ids(), clock=HandClock())

    order = create_order(USER, part_uuids)

    assert orders.get(order.order_uuid) == order
    return order


def test_an_order_costs_the_sum_of_its_parts_each_as_often_as_listed() -> None:
    order = created([ENGINE, WING, ENGINE])

    assert order.total_price == Decimal("140.25")
    assert order.part_uuids == (ENGINE, WING, ENGINE)
    assert (order.status, order.created_at) == (OrderStatus.PENDING_PAYMENT, NOON)


def test_the_largest_total_is_accepted_and_a_cent_more_is_too_high() -> None:
    assert created([ENGINE], engine=MAX_TOTAL_PRICE).total_price == MAX_TOTAL_PRICE
    with pytest.raises(TotalPriceTooHigh):
        created([ENGINE, WING], engine=MAX_TOTAL_PRICE - Decimal("0.04"))
