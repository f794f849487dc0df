"""Contract of order repositories: from a claim to PAID."""

from uuid import UUID

import pytest

from order_service.model.claim import CLAIM_AGE_S
from order_service.model.errors import PaymentInFlight
from order_service.model.payment_method import PaymentMethod
from tests.contract.order_service.stores import Store
from tests.unit.order_service.builders import CLAIM, ORDER, OTHER_CLAIM, USER, an_order

CARD, SBP = PaymentMethod.CARD, PaymentMethod.SBP


def test_a_claim_is_taken_over_after_ten_seconds_and_not_before(store: Store) -> None:
    store.orders.add(an_order())

    claim = store.orders.claim_for_payment(ORDER, CARD, claim_id=CLAIM)
    store.let_pass_s(CLAIM_AGE_S - 2)
    with pytest.raises(PaymentInFlight):
        store.orders.claim_for_payment(ORDER, CARD, claim_id=OTHER_CLAIM)
    store.let_pass_s(2.1)
    taken = store.orders.claim_for_payment(ORDER, CARD, claim_id=OTHER_CLAIM)

    assert (claim.claim_id, claim.order_uuid, claim.user_uuid) == (CLAIM, ORDER, USER)
    assert (claim.method, taken.claim_id) == (CARD, OTHER_CLAIM)


def test_the_oldest_stale_claim_is_taken_over_first_and_again_by_a_repeat(store: Store) -> None:
    for number in (1, 2):
        store.orders.add(an_order(order_uuid=UUID(int=number)))
        store.orders.claim_for_payment(UUID(int=number), SBP, claim_id=CLAIM)
        store.let_pass_s(CLAIM_AGE_S + 1)

    taken = [store.orders.take_over_stale_claim(UUID(int=number)) for number in (90, 90, 91, 92)]

    assert [claim and (claim.order_uuid.int, claim.claim_id.int) for claim in taken] == [
        *[(1, 90)] * 2,
        (2, 91),
        None,
    ]
    assert taken[0] is not None
    assert taken[0].method is SBP


def test_only_a_claim_that_was_taken_over_may_be_charged(store: Store) -> None:
    store.orders.add(an_order())
    first = store.orders.claim_for_payment(ORDER, CARD, claim_id=CLAIM)
    store.let_pass_s(CLAIM_AGE_S + 1)
    second = store.orders.take_over_stale_claim(OTHER_CLAIM)
    assert second is not None
    store.let_pass_s(CLAIM_AGE_S + 1)
    third = store.orders.claim_for_payment(ORDER, CARD, claim_id=CLAIM)
    store.orders.release_claim(third)
    fresh = store.orders.claim_for_payment(ORDER, SBP, claim_id=OTHER_CLAIM)

    claims = [first, second, third, fresh]
    assert [claim.may_be_charged for claim in claims] == [False, True, True, False]


def test_a_claim_in_doubt_is_listed_and_left_to_its_operator_until_it_ends(store: Store) -> None:
    store.orders.add(an_order())
    claim = store.orders.claim_for_payment(ORDER, CARD, claim_id=CLAIM)
    assert store.orders.leave_in_doubt(claim, "declined")
    store.let_pass_s(CLAIM_AGE_S + 1)

    listed = store.orders.in_doubt(limit=5)

    assert [(claim.order_uuid, claim.doubt) for claim in listed] == [(ORDER, "declined")]
    assert store.orders.take_over_stale_claim(OTHER_CLAIM) is None
    taken = store.orders.take_over_doubt(ORDER, OTHER_CLAIM)
    assert (taken.claim_id, taken.method) == (OTHER_CLAIM, CARD)
    store.orders.release_claim(taken)
    assert store.orders.in_doubt(limit=5) == []
    assert store.orders.claim_for_payment(ORDER, SBP, claim_id=OTHER_CLAIM).doubt is None


def test_a_holder_that_lost_the_claim_cannot_leave_it_in_doubt(store: Store) -> None:
    store.orders.add(an_order())
    lost = store.orders.claim_for_payment(ORDER, CARD, claim_id=CLAIM)
    store.let_pass_s(CLAIM_AGE_S + 1)
    store.orders.claim_for_payment(ORDER, CARD, claim_id=OTHER_CLAIM)

    assert not store.orders.leave_in_doubt(lost, "declined")
    assert store.orders.in_doubt(limit=5) == []
