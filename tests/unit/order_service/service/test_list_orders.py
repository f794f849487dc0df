from datetime import timedelta
from uuid import UUID

import pytest

from order_service.model.errors import OrderNotFound
from order_service.model.order import OrderStatus
from order_service.service.orders.cancel_order import CancelOrder
from order_service.service.orders.get_order import GetOrder
from order_service.service.orders.list_orders import ListOrders
from order_service.service.orders.ports import OrderFilter
from tests.unit.order_service.builders import NOON, ORDER, USER, HandClock, an_order
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
def test_pages_go_from_newest_to_oldest_without_gap_or_overlap(
    limit: int, pages: list[list[int]]
) -> None:
    list_orders = ListOrders(FakeOrders(*ORDERS, clock=HandClock()))

    assert numbers_of_all_pages(list_orders, limit=limit) == pages


def test_no_orders_are_one_empty_page() -> None:
    page = ListOrders(FakeOrders(clock=HandClock()))(OrderFilter(), limit=5)

    assert (list(page.orders), page.next_position) == ([], None)


def test_a_list_can_be_narrowed_to_a_status_and_a_user() -> None:
    cancelled = an_order(order_uuid=UUID(int=9), status=OrderStatus.CANCELLED)
    strangers = an_order(order_uuid=UUID(int=8), user_uuid=UUID(int=7))
    list_orders = ListOrders(FakeOrders(cancelled, strangers, *ORDERS, clock=HandClock()))

    by_status = list_orders(OrderFilter(status=OrderStatus.CANCELLED), limit=9)
    by_user = list_orders(OrderFilter(user_uuid=UUID(int=7)), limit=9)
    by_both = list_orders(OrderFilter(status=OrderStatus.CANCELLED, user_uuid=UUID(int=7)), limit=9)

    assert (by_status.orders, by_user.orders, by_both.orders) == ([cancelled], [strangers], [])


def test_an_order_is_returned_as_it_is_now() -> None:
    orders = FakeOrders(an_order(), clock=HandClock())

    CancelOrder(orders)(ORDER)

    assert GetOrder(orders)(ORDER).status is OrderStatus.CANCELLED


def test_an_order_that_does_not_exist_is_not_found() -> None:
    with pytest.raises(OrderNotFound):
        GetOrder(FakeOrders(clock=HandClock()))(USER)
