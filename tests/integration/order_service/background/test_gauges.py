from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, TextClause, create_engine, text

from deploy.local.engines.ports import free_port
from libs.metrics.declared.orders import ESTIMATED, OLDEST, WAITING
from libs.metrics.declared.outbox import OLDEST as OLDEST_EVENT
from libs.metrics.declared.outbox import REFUSED as REFUSED_EVENTS
from libs.metrics.declared.outbox import WAITING as WAITING_EVENTS
from libs.metrics.declared.process import ROWS_LOCKED
from libs.postgres.engine import DatabaseUnavailable
from libs.postgres.lock_gauge import LockGauge
from order_service.repository.metrics.gauges import OrderGauges, reason_of
from tests.integration.order_service.background.conftest import OrderRows
from tests.support.monotonic import FakeMonotonic

TOPIC = "order.paid"

PAY_EARLIER = text("UPDATE orders SET paid_at = now() - CAST(:ago AS interval)")

REFUSE = text("UPDATE outbox SET refused_at = now(), last_error = :error")

CLAIM = text("""
    UPDATE orders SET claim_id = order_uuid, paying_since = now() - interval '7 s',
        claimed_method = 'CARD', doubt = :doubt
    WHERE status = 'PENDING_PAYMENT'
""")

LOCK = text("SELECT FROM orders FOR UPDATE")

Seen = Callable[[], dict[tuple[object, ...], float]]


@pytest.fixture
def seen(engine: Engine) -> Seen:
    look = OrderGauges(engine, [TOPIC])
    return lambda: {(each.metric, *each.labels): each.value for each in look()}


def execute(engine: Engine, statement: TextClause, **values: object) -> None:
    with engine.begin() as tx:
        tx.execute(statement, values)


def test_an_empty_outbox_is_told_of(seen: Seen) -> None:
    found = seen()

    assert found[WAITING_EVENTS, TOPIC, "new"] == found[OLDEST_EVENT, TOPIC] == 0
    assert found[REFUSED_EVENTS, TOPIC, "other"] == 0
    assert found[WAITING, "overdue"] == found[OLDEST, "paid"] == 0


def test_events_that_wait_are_new_or_redriven_and_the_oldest_has_an_age(
    seen: Seen, rows: OrderRows
) -> None:
    rows.add_event(rows.add())
    rows.add_event(rows.add(), age=timedelta(seconds=90), redrives=2)
    rows.add_event(rows.add(), published_ago=timedelta(0))

    found = seen()

    assert found[WAITING_EVENTS, TOPIC, "new"] == 1
    assert found[WAITING_EVENTS, TOPIC, "redriven"] == 1
    assert 90 <= found[OLDEST_EVENT, TOPIC] < 150


def test_a_refused_event_has_one_of_few_reasons(
    seen: Seen, rows: OrderRows, engine: Engine
) -> None:
    rows.add_event(rows.add(), age=timedelta(seconds=40))
    execute(engine, REFUSE, error="topic order.paid does not exist")

    found = seen()

    assert found[REFUSED_EVENTS, TOPIC, "topic_missing"] == 1
    assert found[WAITING_EVENTS, TOPIC, "new"] == 0
    assert found[OLDEST_EVENT, TOPIC] >= 40


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("order.paid/3 has no leader", "no_leader"),
        ("no broker says where topic order.paid is", "no_answer"),
        ("something else", "other"),
        ("", "other"),
    ],
)
def test_what_kafka_said_becomes_a_reason(error: str, reason: str) -> None:
    assert reason_of(error) == reason


def test_paid_orders_are_overdue_after_half_a_minute(
    seen: Seen, rows: OrderRows, engine: Engine
) -> None:
    rows.add()
    execute(engine, PAY_EARLIER, ago="40 s")
    rows.add()

    found = seen()

    assert (found[WAITING, "paid"], found[WAITING, "overdue"]) == (2, 1)
    assert 40 <= found[OLDEST, "paid"] < 100


@pytest.mark.parametrize(("doubt", "stage"), [(None, "being_paid"), ("refused", "in_doubt")])
def test_a_claimed_order_is_being_paid_or_in_doubt(
    seen: Seen, rows: OrderRows, engine: Engine, doubt: str | None, stage: str
) -> None:
    rows.add("PENDING_PAYMENT")
    execute(engine, CLAIM, doubt=doubt)

    found = seen()

    assert found[WAITING, "being_paid"] + found[WAITING, "in_doubt"] == found[WAITING, stage] == 1
    assert found[OLDEST, stage] >= 7


def test_all_orders_are_estimated_once_there_are_statistics(
    seen: Seen, rows: OrderRows, engine: Engine
) -> None:
    before = seen()
    for _ in range(3):
        rows.add("ASSEMBLED")
    rows.add("CANCELLED")
    rows.add("CANCELLED")
    execute(engine, text("ANALYZE orders"))

    found = seen()

    assert (ESTIMATED, "ASSEMBLED") not in before
    assert found[ESTIMATED, "ASSEMBLED"] == pytest.approx(3)
    assert found[ESTIMATED, "PENDING_PAYMENT"] == 0


def test_a_database_that_does_not_answer_is_unavailable(engine: Engine) -> None:
    away = engine.url.set(port=free_port())
    with pytest.raises(DatabaseUnavailable):
        OrderGauges(create_engine(away), [TOPIC])()


def test_a_session_that_goes_on_holding_rows_is_told_of_until_it_ends(
    engine: Engine, rows: OrderRows
) -> None:
    rows.add()
    monotonic = FakeMonotonic()
    look = LockGauge(engine, monotonic=monotonic)

    def held_after_s(seconds: float) -> float:
        monotonic.advance(seconds)
        [sample] = look()
        assert sample.metric is ROWS_LOCKED
        return sample.value

    with engine.begin() as session:
        session.execute(LOCK)
        assert held_after_s(5) == 0
        assert held_after_s(70) == 70
    assert held_after_s(5) == 0
    with engine.begin() as another:
        another.execute(LOCK)
        assert held_after_s(5) == 0
