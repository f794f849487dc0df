"""An open transaction keeps the dead rows of all events published since."""

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import Engine, text

from order_service.model.outbox import Lane, OutboxEvent, Publication
from order_service.repository.outbox import PostgresOutbox
from tests.integration.order_service.background.conftest import OrderRows
from tests.integration.plans.plans import plans_of


@pytest.fixture
def engine(migrated_engine: Callable[[str], Engine]) -> Engine:
    engine = migrated_engine("order_service.migrations")
    OrderRows(engine).add_backlog(5000)
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
