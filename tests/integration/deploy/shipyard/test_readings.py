"""What the command line reads from real stores."""

from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
import redis
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from deploy.local.engines.postgres import SUPERUSER
from deploy.shipyard.readings.flow import see_flow
from deploy.shipyard.readings.outbox import unpublished
from deploy.shipyard.readings.sessions import blockers, see_redis
from libs.postgres.engine import create_database_engine
from libs.postgres.locks import lock_holders
from libs.settings.groups import PostgresSettings
from order_service.model.outbox import Lane, OutboxEvent, Publication, Refusal
from order_service.repository.outbox import PostgresOutbox
from tests.integration.order_service.background.conftest import OrderRows, locked
from tests.support.eventually import eventually


@pytest.fixture
def engine(migrated_engine: Callable[[str], Engine]) -> Engine:
    return migrated_engine("order_service.migrations")


@pytest.fixture
def rows(engine: Engine) -> OrderRows:
    return OrderRows(engine)


def refuse(events: Any) -> Publication:
    seen: list[OutboxEvent] = list(events)
    return Publication(refused={each.event_uuid: Refusal(reason="no leader") for each in seen})


def test_the_oldest_unpublished_event_is_shown_with_its_topic_and_reason(
    engine: Engine, rows: OrderRows
) -> None:
    assert unpublished(engine) == []
    late = rows.add()
    rows.add_event(late, age=timedelta(minutes=2))
    PostgresOutbox(engine).publish_waiting(Lane.LATE, refuse, limit=5)
    rows.add_event(rows.add(), topic="order.other")

    recent, refused = unpublished(engine)

    assert (recent.lane, recent.topic, recent.last_error) == (Lane.RECENT, "order.other", None)
    assert (refused.lane, refused.events, refused.last_error) == (Lane.REFUSED, 1, "no leader")
    assert refused.oldest_order == late
    assert 119 < refused.oldest_age_s < 180


def test_the_flow_counts_what_failed_and_what_is_overdue(engine: Engine, rows: OrderRows) -> None:
    rows.add("ASSEMBLED")
    late, refused = rows.add(), rows.add("PENDING_PAYMENT")
    with engine.begin() as tx:
        for change in (
            f"paid_at = now() - interval '1 minute' WHERE order_uuid = '{late}'",
            f"updated_at = created_at + interval '1 second' WHERE order_uuid = '{refused}'",
        ):
            tx.execute(text(f"UPDATE orders SET {change}"))  # noqa: S608  # our own

    flow = see_flow(engine, minutes=1)

    assert (flow.created_a_minute, flow.paid_a_minute, flow.assembled_a_minute) == (3, 2, 1)
    assert flow.failed_pays == pytest.approx(1 / 3)
    assert flow.overdue == 1
    assert flow.overdue_oldest_age_s == pytest.approx(60, abs=10)


def test_an_empty_database_has_no_shares(engine: Engine) -> None:
    flow = see_flow(engine, minutes=5)

    assert (flow.failed_pays, flow.overdue, flow.p95_paid_to_assembled_s) == (None, 0, None)


def test_a_session_that_blocks_another_is_shown_with_how_many_wait(
    engine: Engine, rows: OrderRows
) -> None:
    order = rows.add()

    with locked(engine, "orders", "order_uuid", order), engine.connect() as waiting:
        pid = waiting.execute(text("SELECT pg_backend_pid()")).scalar_one()
        seen = blocked_by(engine, waiting, order)
        waiting.rollback()

    [blocker] = seen
    assert blocker["pid"] != pid
    assert blocker["blocks"] == 1
    assert blocker["state"] == "idle in transaction"
    assert blocker["since"] is not None


def test_a_session_that_holds_rows_is_shown_with_its_tables_until_it_ends(
    engine: Engine, rows: OrderRows
) -> None:
    order = rows.add()

    with locked(engine, "orders", "order_uuid", order):
        [holder] = lock_holders(engine)
        assert lock_holders(engine) == [holder]

    assert (holder.tables, holder.blocks) == (["orders"], 0)
    assert holder.since is not None
    assert lock_holders(engine) == []


def test_another_users_session_that_holds_rows_is_shown_though_its_age_is_hidden(
    engine: Engine, rows: OrderRows, postgres: PostgresSettings
) -> None:
    order = rows.add()
    operator = create_database_engine(postgres.model_copy(update={"postgres_user": SUPERUSER}))

    with locked(operator, "orders", "order_uuid", order):
        [blocker] = blockers(engine)
        [holder] = lock_holders(engine)
    operator.dispose()

    assert (blocker["user_name"], blocker["locks"]) == (SUPERUSER, "orders")
    assert (blocker["pid"], blocker["since"], holder.since) == (holder.pid, None, None)
    assert blockers(engine) == []


def blocked_by(engine: Engine, waiting: Any, order: Any) -> list[dict[str, Any]]:
    """Let a session wait for the order's row in a thread; return the blockers meanwhile."""
    update = text("UPDATE orders SET updated_at = now() WHERE order_uuid = :key")
    thread = Thread(target=lambda: _quietly(waiting, update, order))
    thread.start()
    eventually(lambda: bool(blockers(engine)), within_s=2)
    seen = blockers(engine)
    thread.join(10)
    return seen


def _quietly(waiting: Any, update: Any, order: Any) -> None:
    try:
        waiting.execute(update, {"key": order})
    except DBAPIError:
        waiting.rollback()


def test_redis_tells_that_it_was_emptied_and_how_full_it_is(redis_url: str) -> None:
    before = see_redis(redis_url)
    with redis.Redis.from_url(redis_url) as client:
        client.set(str(uuid4()), "value")
        client.flushdb()

    after = see_redis(redis_url)

    assert after.emptied == before.emptied + 1
    assert after.keys == 0
    assert after.used_mib > 0
