from datetime import timedelta

import pytest

from libs.errors import Conflict
from order_service.model.errors import OrderNotCancellable, OrderNotPayable, PaymentInFlight
from order_service.model.events import order_paid
from order_service.model.order import OrderStatus
from order_service.model.payment_method import PaymentMethod
from tests.unit.order_service.builders import (
    NOON,
    OTHER_CLAIM,
    TRANSACTION,
    USER,
    a_claim,
    a_paid_order,
    an_order,
)

FINAL = [OrderStatus.PAID, OrderStatus.ASSEMBLED, OrderStatus.CANCELLED]


def test_a_new_order_waits_for_its_payment() -> None:
    assert an_order().status is OrderStatus.PENDING_PAYMENT


@pytest.mark.parametrize("status", FINAL)
def test_only_a_pending_order_can_be_claimed(status: OrderStatus) -> None:
    with pytest.raises(OrderNotPayable, match=f"is {status}, only PENDING_PAYMENT"):
        an_order(status=status).claimed(a_claim(), stale_before=NOON)


def test_a_claimed_order_is_not_claimed_again() -> None:
    claimed = an_order(claim=a_claim())

    with pytest.raises(PaymentInFlight):
        claimed.claimed(a_claim(claim_id=OTHER_CLAIM), stale_before=NOON)


def test_a_stale_claim_gives_way_to_one_of_the_same_method() -> None:
    mine = a_claim(claim_id=OTHER_CLAIM)

    taken = an_order(claim=a_claim()).claimed(mine, stale_before=NOON + timedelta(seconds=1))

    assert taken.claim == mine


def test_a_stale_claim_does_not_give_way_to_another_method() -> None:
    mine = a_claim(claim_id=OTHER_CLAIM, method=PaymentMethod.SBP)

    with pytest.raises(PaymentInFlight):
        an_order(claim=a_claim()).claimed(mine, stale_before=NOON + timedelta(seconds=1))


def test_a_claim_meets_itself_as_success() -> None:
    assert an_order(claim=a_claim()).claimed(a_claim(), stale_before=NOON).claim == a_claim()


def test_only_the_holder_releases_a_claim() -> None:
    claimed = an_order(claim=a_claim())

    assert claimed.released(a_claim(claim_id=OTHER_CLAIM)) is claimed
    assert claimed.released(a_claim()).claim is None


def test_releasing_an_unclaimed_order_changes_nothing() -> None:
    assert an_order().released(a_claim()) == an_order()


def test_paying_gives_the_claim_back_and_fixes_method_and_transaction() -> None:
    paid = an_order(claim=a_claim()).pay(a_claim(), TRANSACTION, at=NOON)

    assert paid == a_paid_order()


def test_the_same_transaction_pays_once() -> None:
    paid = a_paid_order()

    assert paid.pay(a_claim(), TRANSACTION, at=NOON + timedelta(seconds=9)) is paid


def test_a_proven_charge_pays_an_order_that_nobody_claims_any_more() -> None:
    assert an_order().pay(a_claim(), TRANSACTION, at=NOON).status is OrderStatus.PAID


def test_whoever_lost_the_claim_does_not_pay() -> None:
    with pytest.raises(PaymentInFlight):
        an_order(claim=a_claim(claim_id=OTHER_CLAIM)).pay(a_claim(), TRANSACTION, at=NOON)


@pytest.mark.parametrize("status", FINAL)
def test_a_final_order_is_not_paid_by_another_transaction(status: OrderStatus) -> None:
    with pytest.raises(OrderNotPayable):
        an_order(status=status).pay(a_claim(), TRANSACTION, at=NOON)


def test_an_unclaimed_order_can_be_cancelled_again_and_again() -> None:
    cancelled = an_order().cancel()

    assert cancelled.status is OrderStatus.CANCELLED
    assert cancelled.cancel() is cancelled


def test_a_claimed_order_can_not_be_cancelled() -> None:
    with pytest.raises(PaymentInFlight):
        an_order(claim=a_claim()).cancel()


@pytest.mark.parametrize("status", [OrderStatus.PAID, OrderStatus.ASSEMBLED])
def test_a_paid_order_can_not_be_cancelled(status: OrderStatus) -> None:
    with pytest.raises(OrderNotCancellable, match=f"is {status}"):
        an_order(status=status).cancel()


def test_a_payment_is_announced_under_the_same_id_each_time() -> None:
    first = order_paid(a_claim(), TRANSACTION, at=NOON)
    again = order_paid(a_claim(claim_id=OTHER_CLAIM), TRANSACTION, at=NOON + timedelta(seconds=9))

    assert first.event_uuid == again.event_uuid
    assert (first.user_uuid, first.payment_method) == (USER, PaymentMethod.CARD)


def test_every_refusal_to_move_an_order_is_a_conflict() -> None:
    assert all(
        issubclass(kind, Conflict)
        for kind in (OrderNotPayable, OrderNotCancellable, PaymentInFlight)
    )
