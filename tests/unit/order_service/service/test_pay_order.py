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
from order_service.model.order import OrderStatus
from order_service.model.payment_method import PaymentMethod
from tests.unit.order_service.builders import NOON, ORDER, OTHER_CLAIM, a_claim, an_order
from tests.unit.order_service.fakes import transaction_of
from tests.unit.order_service.payments_on_fakes import PaymentsOnFakes


def test_a_paid_order_is_charged_marked_and_announced_once() -> None:
    paying = PaymentsOnFakes(an_order())

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
    paying = PaymentsOnFakes(an_order(claim=a_claim()))
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
    paying = PaymentsOnFakes(an_order(claim=a_claim(doubt=doubt)))
    paying.clock.pass_s(CLAIM_AGE_S + 0.1)

    assert paying.pay_order(ORDER, PaymentMethod.CARD) == transaction_of(ORDER)
    assert paying.orders.only.status is OrderStatus.PAID


def test_when_the_database_is_lost_after_the_charge_the_claim_is_kept() -> None:
    paying = PaymentsOnFakes(an_order())
    paying.orders.failing_at["mark_paid"] = Unavailable("gone")

    with pytest.raises(PaymentUnavailable, match="will be finished by itself"):
        paying.pay_order(ORDER, PaymentMethod.CARD)

    assert paying.orders.only.claim is not None


def test_a_process_that_was_frozen_past_its_claim_does_not_charge() -> None:
    paying = PaymentsOnFakes(an_order())
    claim = paying.orders.claim_for_payment(ORDER, PaymentMethod.CARD, claim_id=OTHER_CLAIM)
    paying.clock.pass_s(CLAIM_AGE_S)

    with pytest.raises(PaymentUnavailable):
        paying.finish_payment(claim, claimed_after=NOON)

    assert paying.payments.calls == []


def test_a_payer_that_is_overtaken_between_charge_and_mark_returns_the_same_transaction() -> None:
    paying = PaymentsOnFakes(an_order())
    claim = paying.orders.claim_for_payment(ORDER, PaymentMethod.CARD, claim_id=OTHER_CLAIM)
    paying.finish_payment(claim, claimed_after=NOON)

    assert paying.finish_payment(claim, claimed_after=NOON) == transaction_of(ORDER)
    assert len(paying.orders.announced) == 1
