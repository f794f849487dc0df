from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from libs.metrics.declared.deliveries import CHAT_BLOCKED, CHAT_OUTAGES, ESTIMATED, OLDEST, WAITING
from notification_service.repository.gauges import DeliveryGauges
from notification_service.repository.postgres_deliveries import PostgresDeliveries
from tests.unit.notification_service.builders import CHAT, a_paid_event

Seen = Callable[[], dict[tuple[object, ...], float]]


@pytest.fixture
def seen(engine: Engine) -> Seen:
    look = DeliveryGauges(engine)
    return lambda: {(each.metric, *each.labels): each.value for each in look()}


def execute(engine: Engine, statement: str) -> None:
    with engine.begin() as tx:
        tx.execute(text(statement))


def test_nothing_to_tell_is_told_of(seen: Seen) -> None:
    found = seen()

    assert found[WAITING, "NEW"] == found[OLDEST,] == found[CHAT_BLOCKED,] == 0


def test_deliveries_that_wait_are_counted_and_the_oldest_has_an_age(
    seen: Seen, engine: Engine
) -> None:
    PostgresDeliveries(engine).add([a_paid_event(1), a_paid_event(2)], CHAT)
    execute(engine, "UPDATE deliveries SET created_at = now() - interval '50 s'")

    found = seen()

    assert found[WAITING, "NEW"] == 2
    assert 50 <= found[OLDEST,] < 110


def test_a_blocked_chat_says_for_how_long(seen: Seen, engine: Engine) -> None:
    PostgresDeliveries(engine).add([a_paid_event(1)], CHAT)
    execute(engine, "UPDATE chats SET blocked_until = now() + interval '30 s', outages = 4")

    found = seen()

    assert 0 < found[CHAT_BLOCKED,] <= 30
    assert found[CHAT_OUTAGES,] == 4


def test_all_deliveries_are_estimated_once_there_are_statistics(seen: Seen, engine: Engine) -> None:
    PostgresDeliveries(engine).add([a_paid_event(1), a_paid_event(2)], CHAT)
    before = seen()
    execute(engine, "ANALYZE deliveries")

    found = seen()

    assert (ESTIMATED, "NEW") not in before
    assert found[ESTIMATED, "NEW"] == pytest.approx(2)
    assert found[ESTIMATED, "SENT"] == 0
