from datetime import timedelta

import pytest

from libs.errors import Conflict
from order_service.model.errors import (
    OrderNotAssemblable,
    OrderNotCancellable,
    OrderNotPayable,
    PaymentInFlight,
)
from order_service.model.events import order_paid
from order_service.model.order import OrderStatus
from order_service.model.payment_method import PaymentMethod
from tests.unit.order_service.builders import (
    CLAIM,
    NOON,
    OTHER_CLAIM,
    TRANSACTION,
    USER,
    a_claim,
    an_order,
)


def test_a_new_order_waits_for_its_payment() -> None:
    assert an_order().status is OrderStatus.PENDING_PAYMENT


@pytest.mark.parametrize("status", [OrderStatus.PAID, OrderStatus.ASSEMBLED])
def test_a_refusal_names_the_status_and_the_required_one(status: OrderStatus) -> None:
    order, pending = an_order(status=status), an_order()

    with pytest.raises(OrderNotPayable, match=f"is {status}, only PENDING_PAYMENT"):
        order.claimed(CLAIM, PaymentMethod.CARD, at=NOON)
    with pytest.raises(OrderNotCancellable, match=f"is {status}, only PENDING_PAYMENT"):
        order.cancelled()
    with pytest.raises(OrderNotAssemblable, match="is PENDING_PAYMENT, only PAID"):
        pending.assembled(5, at=NOON)


def test_a_payment_is_announced_under_the_same_id_each_time() -> None:
    first = order_paid(a_claim(), TRANSACTION, at=NOON)
    again = order_paid(a_claim(claim_id=OTHER_CLAIM), TRANSACTION, at=NOON + timedelta(seconds=9))

    assert first.event_uuid == again.event_uuid
    assert (first.user_uuid, first.payment_method) == (USER, PaymentMethod.CARD)


def test_every_refusal_to_move_an_order_is_a_conflict() -> None:
    assert all(
        issubclass(kind, Conflict)
        for kind in (OrderNotPayable, OrderNotCancellable, OrderNotAssemblable, PaymentInFlight)
    )
