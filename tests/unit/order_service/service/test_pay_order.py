"""A payment, and every way in which it can be interrupted."""

import pytest

from libs.errors import AppError, Unavailable
from order_service.model.claim import CLAIM_AGE_S
from order_service.model.errors import (
    PaymentDeclined,
    PaymentInDoubt,
    PaymentInFlight,
    PaymentInvalid,
    PaymentUnavailable,
)
from order_service.model.events import order_paid
from order_service.model.order import Order, OrderStatus
from order_service.model.payment_method import PaymentMethod
from order_service.service.orders.finish_payment import FinishPayment
from order_service.service.orders.pay_order import PayOrder
from tests.support.ids import counted_ids
from tests.unit.order_service.builders import NOON, ORDER, OTHER_CLAIM, HandClock, a_claim, an_order
from tests.unit.order_service.fakes import FakeOrders, FakePayments, transaction_of


class PayOrderOnFakes:
    def __init__(self, order: Order) -> None:
        self.clock = HandClock()
        self.orders = FakeOrders(order, clock=self.clock)
        self.payments = FakePayments()
        finish_payment = FinishPayment(self.orders, self.payments, clock=self.clock)
        self.pay_order = PayOrder(
            self.orders, finish_payment, new_id=counted_ids(), clock=self.clock
        )


def test_a_paid_order_is_charged_marked_and_announced_once() -> None:
    paying = PayOrderOnFakes(an_order())

    transaction = paying.pay_order(ORDER, PaymentMethod.SBP)

    assert transaction == transaction_of(ORDER)
    assert paying.orders.only.status is OrderStatus.PAID
    assert paying.orders.only.payment_method is PaymentMethod.SBP
    assert paying.orders.announced == [
        order_paid(a_claim(method=PaymentMethod.SBP), transaction, at=NOON)
    ]


@pytest.mark.parametrize(
    "refusal", [PaymentInvalid(ORDER, "no such method"), PaymentDeclined(ORDER, "no money")]
)
def test_a_refusal_after_a_claim_was_taken_over_keeps_it(refusal: AppError) -> None:
    paying = PayOrderOnFakes(an_order(claim=a_claim()))
    paying.clock.pass_s(CLAIM_AGE_S + 0.1)
    paying.payments.failure = refusal

    with pytest.raises(PaymentInDoubt):
        paying.pay_order(ORDER, PaymentMethod.CARD)

    for other in (PaymentMethod.SBP, PaymentMethod.INVESTOR_MONEY):
        with pytest.raises(PaymentInFlight):
            paying.pay_order(ORDER, other)
    with pytest.raises(PaymentInFlight):
        paying.orders.cancel(ORDER)


@pytest.mark.parametrize("doubt", [None, "no money"], ids=["stale", "in doubt"])
def test_a_repeat_with_the_same_method_finishes_an_old_payment(doubt: str | None) -> None:
    paying = PayOrderOnFakes(an_order(claim=a_claim(doubt=doubt)))
    paying.clock.pass_s(CLAIM_AGE_S + 0.1)

    assert paying.pay_order(ORDER, PaymentMethod.CARD) == transaction_of(ORDER)
    assert paying.orders.only.status is OrderStatus.PAID


def test_when_the_database_is_lost_after_the_charge_the_claim_is_kept() -> None:
    paying = PayOrderOnFakes(an_order())
    paying.orders.failing_at["mark_paid"] = Unavailable("gone")

    with pytest.raises(PaymentUnavailable, match="will be finished by itself"):
        paying.pay_order(ORDER, PaymentMethod.CARD)

    assert paying.orders.only.claim is not None


def test_a_process_that_was_frozen_past_its_claim_does_not_charge() -> None:
    paying = PayOrderOnFakes(an_order())
    finish_payment = FinishPayment(paying.orders, paying.payments, clock=paying.clock)
    claim = paying.orders.claim_for_payment(ORDER, PaymentMethod.CARD, claim_id=OTHER_CLAIM)
    paying.clock.pass_s(CLAIM_AGE_S)

    with pytest.raises(PaymentUnavailable):
        finish_payment(claim, claimed_after=NOON)

    assert paying.payments.calls == []


def test_a_payer_that_is_overtaken_between_charge_and_mark_returns_the_same_transaction() -> None:
    paying = PayOrderOnFakes(an_order())
    finish_payment = FinishPayment(paying.orders, paying.payments, clock=paying.clock)
    claim = paying.orders.claim_for_payment(ORDER, PaymentMethod.CARD, claim_id=OTHER_CLAIM)
    finish_payment(claim, claimed_after=NOON)

    assert finish_payment(claim, claimed_after=NOON) == transaction_of(ORDER)
    assert len(paying.orders.announced) == 1
