"""An open transaction keeps the dead rows of all events published since."""

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import Engine, text

from order_service.model.outbox import Lane, OutboxEvent, Publication
from order_service.repository.outbox import PostgresOutbox
from tests.integration.plans.plans import plans_of

pytestmark = pytest.mark.engine

FILL = text("""
    WITH paid AS (
        INSERT INTO orders (order_uuid, user_uuid, part_uuids, total_price, status, created_at,
            updated_at, payment_method, transaction_uuid, paid_at)
        SELECT id, id, ARRAY[id], 1, 'PAID', now(), now(), 'CARD', id, now()
        FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, 5000)) AS new
        RETURNING order_uuid
    )
    INSERT INTO outbox (event_uuid, order_uuid, topic, key, payload, occurred_at)
    SELECT order_uuid, order_uuid, 'order.paid', 'key', 'paid', now() - interval '1 minute'
    FROM paid
""")


@pytest.fixture
def engine(migrated_engine: Callable[[str], Engine]) -> Engine:
    engine = migrated_engine("order_service.migrations")
    with engine.begin() as tx:
        tx.execute(FILL)
    return engine


def test_the_query_for_recent_events_does_not_read_published_ones(
    engine: Engine,
) -> None:
    outbox = PostgresOutbox(engine)
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as old:
        old.execute(text("SELECT FROM outbox LIMIT 1"))
        while outbox.publish_waiting(Lane.LATE, acknowledge, limit=500).acknowledged:
            pass

        with plans_of(engine) as plans:
            assert not outbox.has_waiting(Lane.RECENT)

    assert plans.seen[0].buffers < 10


def acknowledge(events: Sequence[OutboxEvent]) -> Publication:
    return Publication(acknowledged=tuple(event.event_uuid for event in events))
