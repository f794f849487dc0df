"""A database whose clock was ahead when it wrote and was set back."""

from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from notification_service.model.delivery import DeliveryState, Lease
from notification_service.model.errors import Throttled
from notification_service.model.settlement import Settlement, settlement_of_failure
from notification_service.repository.postgres_deliveries import PostgresDeliveries
from tests.unit.notification_service.builders import CHAT, a_paid_event

FIRST = a_paid_event(1).key


@pytest.fixture
def deliveries(engine: Engine) -> PostgresDeliveries:
    deliveries = PostgresDeliveries(engine)
    deliveries.add([a_paid_event(1)], CHAT)
    return deliveries


def a_lease() -> Lease:
    return Lease(chat_id=CHAT, lease_id=uuid4())


def write_ahead(engine: Engine, moment: str, *, hours: int) -> None:
    """Set one of the chat's times as if by a clock that was this far ahead."""
    ahead = f"UPDATE chats SET {moment} = now() + make_interval(hours => :hours)"  # noqa: S608  # our own
    with engine.begin() as tx:
        tx.execute(text(ahead), {"hours": hours})


def test_a_lease_that_ends_in_an_hour_is_over_and_its_chat_is_due(
    engine: Engine, deliveries: PostgresDeliveries
) -> None:
    deliveries.lease_chat(a_lease(), lease_s=30)
    write_ahead(engine, "sending_until", hours=1)

    work = deliveries.chats_with_work()

    assert work == [CHAT]
    assert deliveries.lease_chat(a_lease(), lease_s=30)


@pytest.mark.parametrize(("moment", "hours"), [("next_send_at", 1), ("blocked_until", 25)])
def test_a_pause_that_is_too_long_to_be_real_is_over_and_the_next_one_replaces_it(
    engine: Engine, deliveries: PostgresDeliveries, moment: str, hours: int
) -> None:
    write_ahead(engine, moment, hours=hours)
    waited_s = deliveries.look(CHAT, limit=1).wait_s
    lease, attempt_id = a_lease(), uuid4()
    deliveries.lease_chat(lease, lease_s=30)
    deliveries.claim(lease, attempt_id, [FIRST], lease_s=30)
    throttled = Settlement(state=DeliveryState.NEW, error="429", pause_s=60)

    deliveries.settle(CHAT, attempt_id, throttled, rest_s=1)

    assert waited_s == 0
    assert deliveries.look(CHAT, limit=1).wait_s == pytest.approx(60, abs=5)


def test_a_pause_of_days_that_telegram_asks_for_lasts_a_day(
    deliveries: PostgresDeliveries,
) -> None:
    lease, attempt_id = a_lease(), uuid4()
    deliveries.lease_chat(lease, lease_s=30)
    deliveries.claim(lease, attempt_id, [FIRST], lease_s=30)
    throttled = settlement_of_failure(Throttled(200_000), [], outages=0)

    deliveries.settle(CHAT, attempt_id, throttled, rest_s=1)
    deliveries.release_chat(lease)

    assert deliveries.look(CHAT, limit=1).wait_s == pytest.approx(24 * 3600, abs=5)
    assert deliveries.chats_with_work() == []


def test_a_delivery_that_was_put_off_for_too_long_is_due(
    engine: Engine, deliveries: PostgresDeliveries
) -> None:
    with engine.begin() as tx:
        tx.execute(text("UPDATE deliveries SET due_at = now() + interval '1 hour'"))

    assert [each.event.key for each in deliveries.look(CHAT, limit=1).due] == [FIRST]
    assert deliveries.chats_with_work() == [CHAT]


def test_a_pause_that_telegram_may_have_asked_for_is_kept(
    engine: Engine, deliveries: PostgresDeliveries
) -> None:
    write_ahead(engine, "blocked_until", hours=2)

    assert deliveries.look(CHAT, limit=1).wait_s == pytest.approx(7200, abs=5)
    assert deliveries.chats_with_work() == []
