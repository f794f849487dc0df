"""The HTTP process dies or freezes in the middle of a payment: it is charged exactly once."""

import http.client
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from signal import Signals

import pytest

from deploy.local.engines.engine import LOOPBACK
from libs.grpc.channel import open_channel
from libs.lifecycle.crashing import EXIT_KILLED
from order_service.client.payment import GrpcPayments
from tests.integration.order_service.database import OrderDatabase
from tests.integration.order_service.http.rest_client import http_role
from tests.integration.order_service.ledger import transaction_for
from tests.integration.order_service.peers import RecordingPayments
from tests.integration.order_service.use_cases import UseCasesOnPostgres

pytestmark = pytest.mark.engine


@pytest.fixture
def use_cases(database: OrderDatabase, payment_port: int) -> Iterator[UseCasesOnPostgres]:
    """Return a reconciler that charges at the same payment service."""
    with open_channel(LOOPBACK, payment_port) as channel:
        yield UseCasesOnPostgres(database, GrpcPayments(channel, timeout_s=5))


def order_that_crashed(environment: Mapping[str, str], label: str) -> str:
    """Create an order, pay it at a process that dies at the label, and return the order."""
    with http_role({**environment, "CRASH_AT": label}) as (process, client):
        order_uuid = client.create()
        with pytest.raises((OSError, http.client.HTTPException)):
            client.pay(order_uuid)
        assert process.wait_for_exit() == EXIT_KILLED
    return order_uuid


def assert_paid_once(order_uuid: str, database: OrderDatabase, payments: RecordingPayments) -> None:
    row = database.row(order_uuid)
    assert (row["status"], row["payment_method"]) == ("PAID", "CARD")
    assert str(row["transaction_uuid"]) == transaction_for(order_uuid)
    assert row["claim_id"] is None
    assert len(database.events(order_uuid)) == 1
    assert len(set(payments.ledger)) == 1


def test_the_reconciler_finishes_a_payment_whose_process_died_after_the_claim(
    environment: dict[str, str],
    database: OrderDatabase,
    payments: RecordingPayments,
    use_cases: UseCasesOnPostgres,
) -> None:
    order_uuid = order_that_crashed(environment, "after_claim")
    assert payments.ledger == []
    database.age_claims()

    assert use_cases.reconcile_payments() == 1

    assert_paid_once(order_uuid, database, payments)


def test_an_order_whose_process_died_after_the_charge_is_held_until_it_is_paid(
    environment: dict[str, str],
    database: OrderDatabase,
    payments: RecordingPayments,
    use_cases: UseCasesOnPostgres,
) -> None:
    order_uuid = order_that_crashed(environment, "after_charge")
    assert len(payments.ledger) == 1

    with http_role(environment) as (_, client):
        assert client.cancel(order_uuid).status == 409
        assert client.pay(order_uuid).status == 409
        database.age_claims()
        assert client.cancel(order_uuid).status == 409
        assert client.pay(order_uuid, "SBP").status == 409
        assert use_cases.reconcile_payments() == 1
        assert client.get(order_uuid)["status"] == "PAID"

    assert_paid_once(order_uuid, database, payments)


def test_a_repeat_with_the_same_method_finishes_a_payment_whose_process_died_after_the_charge(
    environment: dict[str, str], database: OrderDatabase, payments: RecordingPayments
) -> None:
    order_uuid = order_that_crashed(environment, "after_charge")
    database.age_claims()

    with http_role(environment) as (_, client):
        answer = client.pay(order_uuid)

    assert (answer.status, answer.body) == (200, {"transaction_uuid": transaction_for(order_uuid)})
    assert_paid_once(order_uuid, database, payments)


def test_nothing_is_left_to_do_when_the_process_died_after_the_commit(
    environment: dict[str, str],
    database: OrderDatabase,
    payments: RecordingPayments,
    use_cases: UseCasesOnPostgres,
) -> None:
    order_uuid = order_that_crashed(environment, "after_paid_commit")

    assert_paid_once(order_uuid, database, payments)
    assert use_cases.reconcile_payments() == 0
    assert len(payments.ledger) == 1


def test_a_process_frozen_past_its_claim_changes_nothing_when_it_wakes(
    environment: dict[str, str],
    database: OrderDatabase,
    payments: RecordingPayments,
    use_cases: UseCasesOnPostgres,
) -> None:
    with http_role(environment) as (process, client), ThreadPoolExecutor(1) as customer:
        order_uuid = client.create()
        payments.may_go_on.clear()
        answer = customer.submit(client.pay, order_uuid)
        assert payments.called.wait(10)
        process.signal(Signals.SIGSTOP)
        payments.may_go_on.set()
        database.age_claims()
        assert use_cases.reconcile_payments() == 1
        paid, events = database.row(order_uuid), database.events(order_uuid)

        process.signal(Signals.SIGCONT)

        assert answer.result(timeout=20).status == 200
        assert (database.row(order_uuid), database.events(order_uuid)) == (paid, events)
        assert_paid_once(order_uuid, database, payments)


def test_a_payment_service_that_dies_after_charging_leaves_the_order_held(
    environment: dict[str, str],
    database: OrderDatabase,
    payments: RecordingPayments,
    use_cases: UseCasesOnPostgres,
) -> None:
    with http_role(environment) as (_, client):
        order_uuid = client.create()
        payments.dies_after_charging = True

        answer = client.pay(order_uuid)

        assert answer.status == 503
        assert "will be finished by itself" in answer.body["message"]
        assert client.cancel(order_uuid).status == 409

    payments.dies_after_charging = False
    database.age_claims()
    assert use_cases.reconcile_payments() == 1
    assert_paid_once(order_uuid, database, payments)
