"""An operator settles payments in doubt."""

from uuid import UUID

import pytest

from order_service.model.claim import CLAIM_AGE_S
from order_service.model.errors import OrderNotFound, PaymentNotInDoubt
from order_service.model.order import Order, OrderStatus
from tests.unit.order_service.builders import (
    ORDER,
    TRANSACTION,
    a_claim,
    a_paid_order,
    an_order,
)
from tests.unit.order_service.payments_on_fakes import PaymentsOnFakes

DOUBTED = an_order(claim=a_claim(doubt="declined"))


def settling_of(order: Order) -> PaymentsOnFakes:
    """Start when the order's claim may be taken over."""
    settling = PaymentsOnFakes(order)
    settling.clock.pass_s(CLAIM_AGE_S + 1)
    return settling


def test_a_charged_payment_is_marked_and_announced() -> None:
    settling = settling_of(DOUBTED)

    settling.settle_payment.charged(ORDER, TRANSACTION)

    paid = settling.orders.only
    assert (paid.status, paid.transaction_uuid) == (OrderStatus.PAID, TRANSACTION)
    assert [event.transaction_uuid for event in settling.orders.announced] == [TRANSACTION]
    assert settling.orders.in_doubt(limit=1) == []


def test_an_uncharged_payment_releases_the_order() -> None:
    settling = settling_of(DOUBTED)

    settling.settle_payment.not_charged(ORDER)

    assert settling.orders.only == an_order()


@pytest.mark.parametrize(
    "order",
    [an_order(), a_paid_order(), an_order(claim=a_claim())],
    ids=["pending", "paid", "being paid"],
)
def test_a_payment_that_is_not_in_doubt_is_not_settled(order: Order) -> None:
    settling = settling_of(order)

    with pytest.raises(PaymentNotInDoubt):
        settling.settle_payment.not_charged(ORDER)
    with pytest.raises(PaymentNotInDoubt):
        settling.settle_payment.charged(ORDER, TRANSACTION)

    assert settling.orders.only == order


def test_an_unknown_order_is_not_settled() -> None:
    settling = settling_of(DOUBTED)

    with pytest.raises(OrderNotFound):
        settling.settle_payment.not_charged(UUID(int=1))
