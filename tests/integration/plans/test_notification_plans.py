"""No statement of the notification service reads sent messages, of which there are a million."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, text

from notification_service.converter.deliveries import MAX_ORDERS
from notification_service.model.delivery import DeliveryState, Lease
from notification_service.model.settlement import Settlement, settlement_of_success
from notification_service.repository.gauges import COUNTED, DeliveryGauges
from notification_service.repository.overview import (
    COUNTED_AT_MOST,
    LOOKED_AT_MOST,
    count_deliveries,
    deliveries_in,
    deliveries_of,
    revive_of_chat,
    revive_of_order,
)
from notification_service.repository.postgres_deliveries import PostgresDeliveries
from tests.integration.plans.filling import fill_tables
from tests.integration.plans.plans import Work, assert_bounded
from tests.unit.notification_service.builders import CHAT, GROUP, a_paid_event

TOLD = 1_000_000
BACKLOG = 100_000

DIGEST = 20
BATCH = 500

FILL = text("""
    INSERT INTO deliveries (event_uuid, chat_id, kind, facts, occurred_at, state, attempt_id,
        created_at, sent_at, message_id)
    SELECT md5(:state || :age || n)::uuid, :chat_id, 'paid',
        jsonb_build_object('order_uuid', md5('o' || n)::uuid), at, :state, md5('a' || n)::uuid,
        at, CASE WHEN :state = 'SENT' THEN at END, CASE WHEN :state = 'SENT' THEN n END
    FROM generate_series(1, :number) AS n,
        LATERAL (SELECT now() - CAST(:age AS interval) - n * interval '1 s' AS at) AS row
""")


def fill_deliveries(tx: Connection) -> None:
    for state, age, number in (
        ("SENT", "1 day", TOLD),
        ("SENT", "61 days", BACKLOG),
        ("NEW", "1 minute", BACKLOG),
    ):
        tx.execute(FILL, {"state": state, "age": age, "number": number, "chat_id": CHAT})


@pytest.fixture
def engine(migrated_engine: Callable[[str], Engine]) -> Engine:
    engine = migrated_engine("notification_service.migrations")
    PostgresDeliveries(engine).add([a_paid_event(1)], CHAT)
    fill_tables(engine, {"deliveries": fill_deliveries})
    return engine


def test_no_statement_reads_more_than_its_own_rows(engine: Engine) -> None:
    assert_bounded(engine, work_of(PostgresDeliveries(engine)), small_tables={"chats"})


def test_the_gauges_read_few_deliveries(engine: Engine) -> None:
    assert_bounded(
        engine, [(COUNTED, DeliveryGauges(engine))], small_tables={"chats", "pg_namespace"}
    )


def test_no_look_of_an_operator_reads_what_was_sent(engine: Engine) -> None:
    assert_bounded(engine, looks_of(engine), small_tables={"chats"})


def looks_of(engine: Engine) -> Iterator[Work]:
    yield 2, lambda: deliveries_of(engine, [uuid4()])
    yield 2 * MAX_ORDERS, lambda: deliveries_of(engine, [uuid4() for _ in range(MAX_ORDERS)])
    for state in DeliveryState:
        yield LOOKED_AT_MOST, partial(deliveries_in, engine, state, limit=DIGEST)
    yield COUNTED_AT_MOST, lambda: count_deliveries(engine)
    yield 1, lambda: revive_of_order(engine, uuid4())
    yield 1, lambda: revive_of_chat(engine, GROUP)


def work_of(deliveries: PostgresDeliveries) -> Iterator[Work]:
    lease, attempt_id = Lease(chat_id=CHAT, lease_id=uuid4()), uuid4()
    yield 1, deliveries.ensure_ready
    yield DIGEST, lambda: deliveries.add([a_paid_event(number) for number in range(DIGEST)], GROUP)
    yield 10, deliveries.chats_with_work
    yield 1, lambda: deliveries.lease_chat(lease, lease_s=30)
    yield DIGEST, lambda: deliveries.look(CHAT, limit=DIGEST)
    due = [each.event.key for each in deliveries.look(CHAT, limit=DIGEST).due]
    yield DIGEST, lambda: deliveries.claim(lease, attempt_id, due, lease_s=30)
    again = Settlement(state=DeliveryState.NEW, error="not now")
    yield DIGEST, lambda: deliveries.settle(CHAT, attempt_id, again, rest_s=0)
    deliveries.claim(lease, attempt_id, due, lease_s=30)
    yield DIGEST, lambda: deliveries.settle(CHAT, attempt_id, settlement_of_success(5), rest_s=0)
    deliveries.claim(lease, uuid4(), [], lease_s=30)
    yield DIGEST, lambda: deliveries.lease_chat(lease, lease_s=30)
    yield 1, lambda: deliveries.release_chat(lease)
    yield BATCH, lambda: deliveries.forget(older_than=timedelta(days=60), limit=BATCH)
