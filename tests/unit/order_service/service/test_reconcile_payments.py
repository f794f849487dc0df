from datetime import timedelta
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from libs.errors import Unavailable
from order_service.model.claim import CLAIM_AGE_S
from order_service.model.errors import PaymentDeclined, PaymentInFlight, PaymentTimedOut
from order_service.model.order import Order, OrderStatus
from order_service.service.background.reconcile_payments import FAILURES_IN_A_ROW, LONGEST_RUN
from tests.support.locks import held_lock
from tests.unit.order_service.builders import NOON, ORDER, a_claim, an_order
from tests.unit.order_service.payments_on_fakes import PaymentsOnFakes


def a_stale_order(number: int) -> Order:
    order_uuid = UUID(int=number)
    since = NOON - timedelta(seconds=CLAIM_AGE_S + number)
    return an_order(order_uuid=order_uuid, claim=a_claim(order_uuid=order_uuid, paying_since=since))


def test_stale_payments_are_finished_the_oldest_first() -> None:
    reconciling = PaymentsOnFakes(a_stale_order(1), a_stale_order(2))

    assert reconciling.reconcile_payments() == 2

    assert [call.order_uuid.int for call in reconciling.payments.calls] == [2, 1]
    assert reconciling.orders.get(UUID(int=1)).status is OrderStatus.PAID


def test_a_run_ends_when_the_payment_service_is_unavailable() -> None:
    reconciling = PaymentsOnFakes(*(a_stale_order(number) for number in range(1, 20)))
    reconciling.payments.failure = PaymentTimedOut(ORDER)

    assert reconciling.reconcile_payments() == 0

    assert len(reconciling.payments.calls) == FAILURES_IN_A_ROW
    assert reconciling.orders.get(UUID(int=3)).claim is not None


def test_one_order_without_an_answer_does_not_end_a_run() -> None:
    reconciling = PaymentsOnFakes(*(a_stale_order(number) for number in range(1, 20)))
    reconciling.payments.failing_for[UUID(int=19)] = PaymentTimedOut(ORDER)

    assert reconciling.reconcile_payments() == 18


def test_a_refusal_after_an_attempt_that_may_have_charged_leaves_the_payment_in_doubt() -> None:
    reconciling = PaymentsOnFakes(a_stale_order(1), a_stale_order(2))
    reconciling.payments.failure = PaymentDeclined(ORDER, "no money")

    assert reconciling.reconcile_payments() == 0

    assert len(reconciling.payments.calls) == 2
    doubted = reconciling.orders.in_doubt(limit=9)
    assert {claim.order_uuid.int for claim in doubted} == {1, 2}
    with pytest.raises(PaymentInFlight):
        reconciling.orders.cancel(UUID(int=1))


def test_a_payment_in_doubt_is_an_error_once_and_not_tried_again() -> None:
    reconciling = PaymentsOnFakes(a_stale_order(1))
    reconciling.payments.failure = PaymentDeclined(ORDER, "no money")

    with capture_logs() as lines:
        for _ in range(3):
            reconciling.reconcile_payments()
            reconciling.clock.pass_s(CLAIM_AGE_S + 1)

    assert [(line["event"], line["log_level"]) for line in lines] == [("payment_in_doubt", "error")]
    assert len(reconciling.payments.calls) == 1


def test_a_run_finishes_all_payments_that_an_outage_left() -> None:
    reconciling = PaymentsOnFakes(*(a_stale_order(number) for number in range(1, 501)))

    assert reconciling.reconcile_payments() == 500


def test_a_run_against_a_slow_payment_service_ends_before_the_time_limit_of_its_task() -> None:
    reconciling = PaymentsOnFakes(*(a_stale_order(number) for number in range(1, 20)))
    reconciling.payments.let_pass = lambda: reconciling.clock.pass_s(4)

    finished = reconciling.reconcile_payments()
    assert finished * timedelta(seconds=4) <= LONGEST_RUN + timedelta(seconds=5)
    assert reconciling.reconcile_payments() > 0


def test_a_run_does_nothing_while_another_one_runs() -> None:
    reconciling = PaymentsOnFakes(a_stale_order(1), try_lock=held_lock)

    assert reconciling.reconcile_payments() == 0

    assert reconciling.payments.calls == []


def test_a_run_without_a_database_raises_unavailable() -> None:
    reconciling = PaymentsOnFakes(a_stale_order(1))
    reconciling.orders.failing_at["take_over_stale_claim"] = Unavailable("gone")

    with pytest.raises(Unavailable, match="gone"):
        reconciling.reconcile_payments()


def test_an_order_that_another_claim_took_meanwhile_does_not_end_the_run() -> None:
    reconciling = PaymentsOnFakes(a_stale_order(1), a_stale_order(2))
    reconciling.orders.failing_at["mark_paid"] = PaymentInFlight(ORDER)

    assert reconciling.reconcile_payments() == 0

    assert len(reconciling.payments.calls) == 2
