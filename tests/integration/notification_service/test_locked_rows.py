"""A delivery that another session holds in an open transaction."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text

from notification_service.model.delivery import Lease
from notification_service.model.event import EventKey
from notification_service.model.settlement import settlement_of_success
from notification_service.repository.postgres_deliveries import PostgresDeliveries
from tests.unit.notification_service.builders import CHAT, a_paid_event

LOCK = text("SELECT FROM deliveries WHERE event_uuid = :key FOR UPDATE")

FIRST, SECOND, THIRD = (a_paid_event(number).key for number in (1, 2, 3))


@pytest.fixture
def deliveries(engine: Engine) -> PostgresDeliveries:
    deliveries = PostgresDeliveries(engine)
    deliveries.add([a_paid_event(number) for number in (1, 2, 3)], CHAT)
    return deliveries


@contextmanager
def locked(engine: Engine, key: EventKey) -> Iterator[None]:
    with engine.connect() as holder:
        holder.execute(LOCK, {"key": key.event_uuid})
        began = time.monotonic()
        yield
        assert time.monotonic() - began < 1
        holder.rollback()


def claim(deliveries: PostgresDeliveries, *events: EventKey) -> UUID:
    attempt_id, lease = uuid4(), Lease(chat_id=CHAT, lease_id=uuid4())
    assert deliveries.lease_chat(lease, lease_s=60)
    assert deliveries.claim(lease, attempt_id, events, lease_s=60) == set(events)
    deliveries.release_chat(lease)
    return attempt_id


def due(deliveries: PostgresDeliveries) -> list[EventKey]:
    return [each.event.key for each in deliveries.look(CHAT, limit=20).due]


def test_it_is_sent_later_and_the_others_now(
    engine: Engine, deliveries: PostgresDeliveries
) -> None:
    with locked(engine, FIRST):
        assert due(deliveries) == [SECOND, THIRD]

    assert due(deliveries) == [FIRST, SECOND, THIRD]


def test_it_is_recovered_later_and_the_others_now(
    engine: Engine, deliveries: PostgresDeliveries
) -> None:
    claim(deliveries, FIRST, SECOND)

    with locked(engine, FIRST):
        claim(deliveries, THIRD)

    claim(deliveries)
    assert due(deliveries) == [FIRST, SECOND, THIRD]


def test_it_is_deleted_later_and_the_others_now(
    engine: Engine, deliveries: PostgresDeliveries
) -> None:
    attempt_id = claim(deliveries, FIRST, SECOND)
    deliveries.settle(CHAT, attempt_id, settlement_of_success(5), rest_s=0)
    now = timedelta(seconds=-1)

    with locked(engine, FIRST):
        assert deliveries.forget(older_than=now, limit=10) == 1

    assert deliveries.forget(older_than=now, limit=10) == 1
