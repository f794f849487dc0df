"""A payment service that charges, dies before it answers, and then refuses the retry."""

from collections.abc import Iterator
from functools import partial
from uuid import UUID

import pytest

from deploy.local.engines.engine import LOOPBACK
from libs.grpc.channel import open_channel
from order_service.client.payment import GrpcPayments
from order_service.model.errors import PaymentInDoubt, PaymentInFlight
from order_service.model.order import OrderStatus
from order_service.model.payment_method import PaymentMethod
from tests.integration.order_service.database import OrderDatabase
from tests.integration.order_service.peers import RecordingPayments
from tests.integration.order_service.use_cases import UseCasesOnPostgres
from tests.support.roles import run_to_end


@pytest.fixture
def use_cases(
    database: OrderDatabase, payments: RecordingPayments, payment_port: int
) -> Iterator[UseCasesOnPostgres]:
    payments.dies_after_charging = payments.refuses_repeats = True
    with open_channel(LOOPBACK, payment_port) as channel:
        yield UseCasesOnPostgres(database, GrpcPayments(channel, timeout_s=5))


@pytest.fixture
def charged_order(use_cases: UseCasesOnPostgres, database: OrderDatabase) -> UUID:
    """Return an order that was charged and whose payment was refused later."""
    order_uuid = use_cases.add_order()
    with pytest.raises(PaymentInDoubt):
        use_cases.pay_order(order_uuid, PaymentMethod.CARD)
    database.age_claims()
    assert use_cases.reconcile_payments() == 0
    return order_uuid


command = partial(run_to_end, "order_service", "payments")


def test_a_charged_order_is_neither_paid_again_nor_cancelled(
    use_cases: UseCasesOnPostgres, charged_order: UUID, payments: RecordingPayments
) -> None:
    with pytest.raises(PaymentInFlight):
        use_cases.pay_order(charged_order, PaymentMethod.SBP)
    with pytest.raises(PaymentInFlight):
        use_cases.cancel_order(charged_order)

    assert len(payments.ledger) == 1
    assert [claim.order_uuid for claim in use_cases.orders.in_doubt(limit=9)] == [charged_order]


def test_an_operator_settles_what_was_charged(
    environment: dict[str, str],
    database: OrderDatabase,
    use_cases: UseCasesOnPostgres,
    charged_order: UUID,
    payments: RecordingPayments,
) -> None:
    transaction = payments.ledger[0].transaction_uuid

    exit_code, early = command(environment, "settle", str(charged_order), "--charged", transaction)
    assert (exit_code, str(charged_order) in early) == (1, True)
    database.age_claims()
    exit_code, listed = command(environment, "list")
    assert (exit_code, str(charged_order) in listed) == (0, True)
    exit_code, settled = command(
        environment, "settle", str(charged_order), "--charged", transaction
    )

    assert exit_code == 0, settled
    order = use_cases.orders.get(charged_order)
    assert (order.status, str(order.transaction_uuid)) == (OrderStatus.PAID, transaction)


def test_an_operator_gives_back_what_was_not_charged(
    environment: dict[str, str],
    database: OrderDatabase,
    use_cases: UseCasesOnPostgres,
    charged_order: UUID,
) -> None:
    database.age_claims()

    exit_code, settled = command(environment, "settle", str(charged_order), "--not-charged")
    use_cases.cancel_order(charged_order)

    assert exit_code == 0, settled
    assert use_cases.orders.get(charged_order).status is OrderStatus.CANCELLED
    assert command(environment, "list") == (0, "")


@pytest.mark.parametrize("choice", [[], ["--not-charged", "--charged", str(UUID(int=1))]])
def test_a_settlement_that_says_nothing_or_both_is_refused(
    environment: dict[str, str], choice: list[str]
) -> None:
    exit_code, refusal = command(environment, "settle", str(UUID(int=1)), *choice)

    assert (exit_code, "exactly one of" in refusal) == (2, True)
