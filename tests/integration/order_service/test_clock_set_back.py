"""A database whose clock was set back, and a process whose clock is wrong."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from libs.clock import utc_now
from order_service.model.payment_method import PaymentMethod
from order_service.repository.outbox import PostgresOutbox
from order_service.service.orders.finish_payment import FinishPayment
from tests.integration.order_service.background.conftest import OrderRows
from tests.integration.order_service.database import OrderDatabase
from tests.integration.order_service.use_cases import UseCasesOnPostgres
from tests.unit.order_service.builders import ORDER, an_order
from tests.unit.order_service.fakes import FakePayments

HALF_A_MINUTE, HOUR = timedelta(seconds=30), timedelta(hours=1)


@pytest.fixture
def engine(database: OrderDatabase) -> Engine:
    return database.engine


def test_an_event_that_was_published_in_the_future_is_redriven_now(engine: Engine) -> None:
    rows = OrderRows(engine)
    lost, fresh = rows.add(), rows.add()
    rows.add_event(lost, published_ago=-HOUR)
    rows.add_event(fresh, published_ago=-HALF_A_MINUTE)

    redriven = PostgresOutbox(engine).redrive_overdue(limit=200, after=None).redriven

    assert [each.order_uuid for each in redriven] == [lost]


@pytest.mark.parametrize("ahead", [-HOUR, HOUR])
def test_the_time_of_an_event_is_the_database_s_even_if_the_process_clock_is_wrong(
    database: OrderDatabase, ahead: timedelta
) -> None:
    orders = UseCasesOnPostgres(database, FakePayments()).orders
    orders.add(an_order())
    claim = orders.claim_for_payment(ORDER, PaymentMethod.CARD, claim_id=uuid4())
    before = utc_now()

    FinishPayment(orders, FakePayments(), clock=lambda: utc_now() + ahead)(
        claim, claimed_after=utc_now() + ahead
    )

    (event,) = database.events(ORDER)
    assert before <= event["occurred_at"] <= utc_now()
