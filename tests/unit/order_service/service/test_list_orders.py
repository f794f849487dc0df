from datetime import timedelta
from uuid import UUID

import pytest

from order_service.service.orders.list_orders import ListOrders
from order_service.service.orders.ports import OrderFilter
from tests.unit.order_service.builders import NOON, HandClock, an_order
from tests.unit.order_service.fakes import FakeOrders

ORDERS = [
    an_order(order_uuid=UUID(int=number), created_at=NOON + timedelta(seconds=number // 2))
    for number in range(1, 6)
]


def numbers_of_all_pages(list_orders: ListOrders, *, limit: int) -> list[list[int]]:
    pages, after = [], None
    while True:
        page = list_orders(OrderFilter(), limit=limit, after=after)
        pages.append([order.order_uuid.int for order in page.orders])
        after = page.next_position
        if after is None:
            return pages


@pytest.mark.parametrize(
    ("limit", "pages"),
    [(2, [[5, 4], [3, 2], [1]]), (5, [[5, 4, 3, 2, 1]]), (100, [[5, 4, 3, 2, 1]])],
)
def test_pages_go_from_new_to_old_and_do_not_overlap(limit: int, pages: list[list[int]]) -> None:
    list_orders = ListOrders(FakeOrders(*ORDERS, clock=HandClock()))

    assert numbers_of_all_pages(list_orders, limit=limit) == pages


def test_no_orders_are_one_empty_page() -> None:
    page = ListOrders(FakeOrders(clock=HandClock()))(OrderFilter(), limit=5)

    assert (list(page.orders), page.next_position) == ([], None)
