"""An operator settles payments in doubt."""

from uuid import UUID

import pytest

from order_service.model.claim import CLAIM_AGE_S
from order_service.model.errors import OrderNotFound, PaymentNotInDoubt
from order_service.model.order import Order, OrderStatus
from order_service.service.orders.settle_payment import SettlePayment
from tests.support.ids import counted_ids
from tests.unit.order_service.builders import (
    ORDER,
    TRANSACTION,
    HandClock,
    a_claim,
    a_paid_order,
    an_order,
)
from tests.unit.order_service.fakes import FakeOrders

DOUBTED = an_order(claim=a_claim(doubt="declined"))


class SettlePaymentOnFakes:
    def __init__(self, order: Order) -> None:
        self.clock = HandClock()
        self.orders = FakeOrders(order, clock=self.clock)
        self.settle = SettlePayment(self.orders, new_id=counted_ids(), clock=self.clock)
        self.clock.pass_s(CLAIM_AGE_S + 1)


def test_a_charged_payment_is_marked_and_announced() -> None:
    settling = SettlePaymentOnFakes(DOUBTED)

    settling.settle.charged(ORDER, TRANSACTION)

    paid = settling.orders.only
    assert (paid.status, paid.transaction_uuid) == (OrderStatus.PAID, TRANSACTION)
    assert [event.transaction_uuid for event in settling.orders.announced] == [TRANSACTION]
    assert settling.orders.in_doubt(limit=1) == []


def test_an_uncharged_payment_releases_the_order() -> None:
    settling = SettlePaymentOnFakes(DOUBTED)

    settling.settle.not_charged(ORDER)

    assert settling.orders.only == an_order()


@pytest.mark.parametrize(
    "order",
    [an_order(), a_paid_order(), an_order(claim=a_claim())],
    ids=["pending", "paid", "being paid"],
)
def test_a_payment_that_is_not_in_doubt_is_not_settled(order: Order) -> None:
    settling = SettlePaymentOnFakes(order)

    with pytest.raises(PaymentNotInDoubt):
        settling.settle.not_charged(ORDER)
    with pytest.raises(PaymentNotInDoubt):
        settling.settle.charged(ORDER, TRANSACTION)

    assert settling.orders.only == order


def test_an_unknown_order_is_not_settled() -> None:
    settling = SettlePaymentOnFakes(DOUBTED)

    with pytest.raises(OrderNotFound):
        settling.settle.not_charged(UUID(int=1))
