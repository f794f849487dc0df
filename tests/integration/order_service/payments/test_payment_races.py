"""Concurrent payments on a real database: exactly one wins."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
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

CARD = PaymentMethod.CARD


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
            lambda uuid=order_uuid: use_cases.pay_order(uuid, CARD),  # type: ignore[misc]  # mypy does not infer defaults
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
            lambda uuid=order_uuid: use_cases.pay_order(uuid, CARD),  # type: ignore[misc]  # mypy does not infer defaults
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
        use_cases.orders.claim_for_payment(order_uuid, CARD, claim_id=uuid4())
        database.age_claims()

        at_once(
            use_cases.reconcile_payments,
            use_cases.reconcile_payments,
            lambda uuid=order_uuid: use_cases.pay_order(uuid, CARD),  # type: ignore[misc]  # mypy does not infer defaults
        )

        assert use_cases.orders.get(order_uuid).status is OrderStatus.PAID
        assert [call.order_uuid for call in payments.calls].count(order_uuid) == 1
        assert len(database.events(order_uuid)) == 1


def test_payments_left_by_an_outage_are_finished_in_parallel_and_charged_once(
    use_cases: UseCasesOnPostgres, payments: FakePayments, database: OrderDatabase
) -> None:
    left = [use_cases.add_order() for _ in range(1 + 2 * RECONCILERS)]
    for order_uuid in left:
        use_cases.orders.claim_for_payment(order_uuid, CARD, claim_id=uuid4())
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
    use_cases.orders.claim_for_payment(order_uuid, CARD, claim_id=uuid4())
    database.age_claims()

    with database.engine.begin() as somebody:
        somebody.exec_driver_sql("SELECT * FROM orders FOR UPDATE")
        assert use_cases.orders.take_over_stale_claim(uuid4()) is None

    with pytest.raises(PaymentInFlight):
        use_cases.cancel_order(order_uuid)


def test_payments_that_wait_together_pass_by_locked_orders(
    use_cases: UseCasesOnPostgres, payments: FakePayments, database: OrderDatabase
) -> None:
    orders = [use_cases.add_order() for _ in range(10)]
    # The first waits alone, the second together with the others.
    locked, others = orders[:2], orders[2:]

    with ThreadPoolExecutor(2) as customers:
        with database.locked(*locked):
            late = [customers.submit(use_cases.pay_order, each, CARD) for each in locked]
            at_once(*(partial(use_cases.pay_order, each, CARD) for each in others))
            assert {use_cases.orders.get(each).status for each in others} == {OrderStatus.PAID}
            assert not any(each.done() for each in late)
        assert [each.result(20) for each in late] == [transaction_of(each) for each in locked]

    assert sorted(call.order_uuid for call in payments.calls) == sorted(orders)


def test_payments_that_wait_together_are_charged_and_announced_once_each(
    use_cases: UseCasesOnPostgres, payments: FakePayments, database: OrderDatabase
) -> None:
    orders = [use_cases.add_order() for _ in range(64)]
    pays = [partial(use_cases.pay_order, each, CARD) for each in orders]

    with ThreadPoolExecutor(16) as customers:
        results = list(customers.map(lambda pay: pay(), pays))

    assert results == [transaction_of(each) for each in orders]
    assert sorted(call.order_uuid for call in payments.calls) == sorted(orders)
    assert [len(database.events(each)) for each in orders] == [1] * len(orders)
