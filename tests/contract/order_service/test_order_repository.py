"""Contract of order repositories: the fake of the unit tests, and PostgreSQL."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from libs.clock import utc_now
from order_service.model.errors import OrderNotFound
from order_service.model.order import MAX_TOTAL_PRICE, OrderStatus
from order_service.model.payment_method import PaymentMethod
from order_service.service.orders.ports import OrderFilter, PagePosition
from tests.contract.order_service.stores import Store
from tests.unit.order_service.builders import CLAIM, NOON, ORDER, USER, an_order

CARD, SBP = PaymentMethod.CARD, PaymentMethod.SBP


@pytest.mark.parametrize("price", [MAX_TOTAL_PRICE, Decimal("7.50")])
def test_an_order_reads_back_equal_in_utc_and_to_the_cent(store: Store, price: Decimal) -> None:
    order = an_order(total_price=price, created_at=utc_now())

    store.orders.add(order)

    read = store.orders.get(ORDER)
    assert read == order
    assert read.created_at.utcoffset() == timedelta()
    assert str(read.total_price) == str(price)


def test_storing_an_order_again_changes_nothing(store: Store) -> None:
    store.orders.add(an_order())
    store.orders.cancel(ORDER)

    store.orders.add(an_order())

    assert store.orders.get(ORDER).status is OrderStatus.CANCELLED


def test_an_order_that_was_never_stored_is_not_found(store: Store) -> None:
    with pytest.raises(OrderNotFound):
        store.orders.get(ORDER)
    with pytest.raises(OrderNotFound):
        store.orders.claim_for_payment(ORDER, CARD, claim_id=CLAIM)
    with pytest.raises(OrderNotFound):
        store.orders.cancel(ORDER)


def test_orders_are_listed_from_the_newest_on_and_by_uuid_at_the_same_moment(store: Store) -> None:
    for number in range(6):
        order_uuid, created_at = UUID(int=number), NOON + timedelta(microseconds=number // 2)
        store.orders.add(an_order(order_uuid=order_uuid, created_at=created_at))

    first = store.orders.newest(OrderFilter(), limit=3)
    position = PagePosition(created_at=first[-1].created_at, order_uuid=first[-1].order_uuid)
    second = store.orders.newest(OrderFilter(), limit=9, after=position)

    assert [order.order_uuid.int for order in (*first, *second)] == [5, 4, 3, 2, 1, 0]


def test_a_list_is_narrowed_by_status_and_user(store: Store) -> None:
    store.orders.add(an_order())
    store.orders.add(an_order(order_uuid=UUID(int=1), user_uuid=UUID(int=2)))
    store.orders.cancel(ORDER)

    by_status = store.orders.newest(OrderFilter(status=OrderStatus.CANCELLED), limit=9)
    by_user = store.orders.newest(OrderFilter(user_uuid=UUID(int=2)), limit=9)
    by_both = store.orders.newest(
        OrderFilter(status=OrderStatus.PENDING_PAYMENT, user_uuid=USER), limit=9
    )

    assert [order.order_uuid for order in by_status] == [ORDER]
    assert [order.order_uuid.int for order in by_user] == [1]
    assert list(by_both) == []
