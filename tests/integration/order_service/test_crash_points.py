"""The HTTP process dies or freezes in the middle of a payment: it is charged exactly once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from signal import Signals

import pytest

from deploy.local.engines.engine import LOOPBACK
from libs.grpc.channel import open_channel
from order_service.client.payment import GrpcPayments
from tests.integration.order_service.database import OrderDatabase
from tests.integration.order_service.http.rest_client import dying_role, http_role
from tests.integration.order_service.peers import RecordingPayments, transaction_for
from tests.integration.order_service.use_cases import UseCasesOnPostgres
from tests.support.eventually import eventually


@dataclass(frozen=True, slots=True)
class Shop:
    """The environment of the HTTP role, its stores, and a reconciler that charges as it does."""

    environment: dict[str, str]
    database: OrderDatabase
    payments: RecordingPayments
    reconcile_payments: Callable[[], int]

    def order_that_crashed(self, label: str) -> str:
        """Create an order, pay it at a process that dies at the label, and return the order."""
        with dying_role(self.environment, label) as client:
            order_uuid = client.create()
            client.pay(order_uuid)
        return order_uuid

    def assert_paid_once(self, order_uuid: str) -> None:
        row = self.database.row(order_uuid)
        assert (row["status"], row["payment_method"]) == ("PAID", "CARD")
        assert str(row["transaction_uuid"]) == transaction_for(order_uuid)
        assert row["claim_id"] is None
        assert len(self.database.events(order_uuid)) == 1
        assert len(set(self.payments.ledger)) == 1


@pytest.fixture
def shop(
    environment: dict[str, str],
    database: OrderDatabase,
    payments: RecordingPayments,
    payment_port: int,
) -> Iterator[Shop]:
    with open_channel(LOOPBACK, payment_port) as channel:
        use_cases = UseCasesOnPostgres(database, GrpcPayments(channel, timeout_s=5))
        yield Shop(environment, database, payments, use_cases.reconcile_payments)


@pytest.mark.parametrize(
    ("label", "charged", "left"), [("after_claim", 0, 1), ("after_paid_commit", 1, 0)]
)
def test_the_reconciler_finishes_what_the_dead_process_left(
    shop: Shop, label: str, charged: int, left: int
) -> None:
    order_uuid = shop.order_that_crashed(label)
    assert len(shop.payments.ledger) == charged
    shop.database.age_claims()

    assert shop.reconcile_payments() == left

    shop.assert_paid_once(order_uuid)
    assert len(shop.payments.ledger) == 1


@pytest.mark.parametrize(
    ("label", "table"), [("after_shared_claims", "orders"), ("after_shared_payments", "outbox")]
)
def test_payments_that_shared_a_statement_when_their_process_died_are_charged_once(
    shop: Shop, label: str, table: str
) -> None:
    with dying_role(shop.environment, label) as client, ThreadPoolExecutor(9) as customers:
        orders = [client.create() for _ in range(9)]
        with shop.database.unwritable(table):
            calls = [customers.submit(client.pay, each) for each in orders]
            # One call waits for the table alone, the others wait together.
            eventually(lambda: shop.database.blocked_sessions() > 1)
        calls[-1].result()
    shop.database.age_claims()

    shop.reconcile_payments()

    paid = [each for each in orders if shop.database.row(each)["status"] == "PAID"]
    charges = set(shop.payments.ledger)
    assert len(paid) > 1
    assert sorted(each.order_uuid for each in charges) == sorted(paid)
    assert [len(shop.database.events(each)) for each in paid] == [1] * len(paid)


def test_an_order_whose_process_died_after_the_charge_is_held_until_it_is_paid(shop: Shop) -> None:
    order_uuid = shop.order_that_crashed("after_charge")
    assert len(shop.payments.ledger) == 1

    with http_role(shop.environment) as (_, client):
        assert client.cancel(order_uuid).status == 409
        assert client.pay(order_uuid).status == 409
        shop.database.age_claims()
        assert client.cancel(order_uuid).status == 409
        assert client.pay(order_uuid, "SBP").status == 409
        assert shop.reconcile_payments() == 1
        assert client.get(order_uuid)["status"] == "PAID"

    shop.assert_paid_once(order_uuid)


def test_a_repeat_with_the_same_method_finishes_a_payment_whose_process_died_after_the_charge(
    shop: Shop,
) -> None:
    order_uuid = shop.order_that_crashed("after_charge")
    shop.database.age_claims()

    with http_role(shop.environment) as (_, client):
        answer = client.pay(order_uuid)

    assert (answer.status, answer.body) == (200, {"transaction_uuid": transaction_for(order_uuid)})
    shop.assert_paid_once(order_uuid)


def test_a_process_frozen_past_its_claim_changes_nothing_when_it_wakes(shop: Shop) -> None:
    with http_role(shop.environment) as (process, client), ThreadPoolExecutor(1) as customer:
        order_uuid = client.create()
        shop.payments.may_go_on.clear()
        answer = customer.submit(client.pay, order_uuid)
        assert shop.payments.called.wait(10)
        process.signal(Signals.SIGSTOP)
        shop.payments.may_go_on.set()
        shop.database.age_claims()
        assert shop.reconcile_payments() == 1
        paid, events = shop.database.row(order_uuid), shop.database.events(order_uuid)

        process.signal(Signals.SIGCONT)

        assert answer.result(timeout=20).status == 200
        assert (shop.database.row(order_uuid), shop.database.events(order_uuid)) == (paid, events)
        shop.assert_paid_once(order_uuid)


def test_a_payment_service_that_dies_after_charging_leaves_the_order_held(shop: Shop) -> None:
    with http_role(shop.environment) as (_, client):
        order_uuid = client.create()
        shop.payments.dies_after_charging = True

        answer = client.pay(order_uuid)

        assert answer.status == 503
        assert "will be finished by itself" in answer.body["message"]
        assert client.cancel(order_uuid).status == 409

    shop.payments.dies_after_charging = False
    shop.database.age_claims()
    assert shop.reconcile_payments() == 1
    shop.assert_paid_once(order_uuid)
