"""Concurrent payments on a real database: exactly one wins."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID, uuid4

import pytest

from libs.errors import Conflict
from order_service.app.di.worker import RECONCILERS
from order_service.model.errors import PaymentInFlight
from order_service.model.order import OrderStatus
from order_service.model.payment_method import PaymentMethod
from tests.integration.order_service.database import OrderDatabase
from tests.integration.order_service.use_cases import UseCasesOnPostgres
from tests.unit.order_service.fakes import FakePayments, transaction_of

ROUNDS = 200


@pytest.fixture
def payments() -> FakePayments:
    return FakePayments()


@pytest.fixture
def use_cases(database: OrderDatabase, payments: FakePayments) -> UseCasesOnPostgres:
    return UseCasesOnPostgres(database, payments)


def at_once(*actions: Callable[[], object]) -> list[object]:
    """Run all at the same time; return each one's result or its Conflict."""
    together = Barrier(len(actions))

    def act(action: Callable[[], object]) -> object:
        together.wait()
        try:
            return action()
        except Conflict as error:
            return error

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(act, actions))


def test_of_two_concurrent_payments_one_is_charged_and_the_other_is_a_conflict(
    use_cases: UseCasesOnPostgres, payments: FakePayments, database: OrderDatabase
) -> None:
    for _ in range(ROUNDS):
        order_uuid = use_cases.add_order()

        results = at_once(
            lambda uuid=order_uuid: use_cases.pay_order(uuid, PaymentMethod.CARD),  # type: ignore[misc]  # mypy does not infer defaults
            lambda uuid=order_uuid: use_cases.pay_order(uuid, PaymentMethod.SBP),  # type: ignore[misc]
        )

        assert sorted(isinstance(result, Conflict) for result in results) == [False, True]
        assert transaction_of(order_uuid) in results
        assert [call.order_uuid for call in payments.calls].count(order_uuid) == 1
        assert len(database.events(order_uuid)) == 1


def test_of_a_concurrent_payment_and_cancellation_exactly_one_wins(
    use_cases: UseCasesOnPostgres, payments: FakePayments
) -> None:
    winners = Counter[OrderStatus]()
    for _ in range(ROUNDS):
        order_uuid = use_cases.add_order()

        paid, cancelled = at_once(
            lambda uuid=order_uuid: use_cases.pay_order(uuid, PaymentMethod.CARD),  # type: ignore[misc]  # mypy does not infer defaults
            lambda uuid=order_uuid: use_cases.cancel_order(uuid),  # type: ignore[misc]
        )

        status = use_cases.orders.get(order_uuid).status
        assert isinstance(paid, Conflict) is not isinstance(cancelled, Conflict)
        assert (status is OrderStatus.PAID) is isinstance(paid, UUID)
        assert (order_uuid in payments.charged) is (status is OrderStatus.PAID)
        winners[status] += 1
    assert set(winners) == {OrderStatus.PAID, OrderStatus.CANCELLED}


def test_two_reconcilers_and_a_customer_together_charge_a_stale_payment_once(
    use_cases: UseCasesOnPostgres, payments: FakePayments, database: OrderDatabase
) -> None:
    for _ in range(ROUNDS // 10):
        order_uuid = use_cases.add_order()
        use_cases.orders.claim_for_payment(order_uuid, PaymentMethod.CARD, claim_id=uuid4())
        database.age_claims()

        at_once(
            use_cases.reconcile_payments,
            use_cases.reconcile_payments,
            lambda uuid=order_uuid: use_cases.pay_order(uuid, PaymentMethod.CARD),  # type: ignore[misc]  # mypy does not infer defaults
        )

        assert use_cases.orders.get(order_uuid).status is OrderStatus.PAID
        assert [call.order_uuid for call in payments.calls].count(order_uuid) == 1
        assert len(database.events(order_uuid)) == 1


def test_payments_left_by_an_outage_are_finished_in_parallel_and_charged_once(
    use_cases: UseCasesOnPostgres, payments: FakePayments, database: OrderDatabase
) -> None:
    left = [use_cases.add_order() for _ in range(1 + 2 * RECONCILERS)]
    for order_uuid in left:
        use_cases.orders.claim_for_payment(order_uuid, PaymentMethod.CARD, claim_id=uuid4())
    database.age_claims()
    all_asked = Barrier(RECONCILERS)

    def wait_for_the_others() -> None:
        if len(payments.calls) > 1:
            all_asked.wait(timeout=10)

    payments.let_pass = wait_for_the_others

    assert use_cases.reconcile_payments() == len(left)

    assert sorted(call.order_uuid for call in payments.calls) == sorted(left)
    assert {use_cases.orders.get(each).status for each in left} == {OrderStatus.PAID}


def test_a_claim_that_another_process_is_taking_over_is_skipped(
    use_cases: UseCasesOnPostgres, database: OrderDatabase
) -> None:
    order_uuid = use_cases.add_order()
    use_cases.orders.claim_for_payment(order_uuid, PaymentMethod.CARD, claim_id=uuid4())
    database.age_claims()

    with database.engine.begin() as somebody:
        somebody.exec_driver_sql("SELECT * FROM orders FOR UPDATE")
        assert use_cases.orders.take_over_stale_claim(uuid4()) is None

    with pytest.raises(PaymentInFlight):
        use_cases.cancel_order(order_uuid)
