"""What every repository of deliveries does, in memory and in PostgreSQL."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from libs.clock import utc_now
from libs.postgres.engine import create_database_engine
from libs.postgres.migrating import migrate
from notification_service.model.delivery import DeliveryState, Lease
from notification_service.model.settlement import Settlement, settlement_of_success
from notification_service.repository.postgres_deliveries import PostgresDeliveries
from notification_service.service.ports import DeliveryRepository
from tests.unit.notification_service.builders import (
    CHAT,
    GROUP,
    a_paid_event,
    an_assembled_event,
    event_uuid,
)
from tests.unit.notification_service.fakes import FakeDeliveries

MIGRATIONS = "notification_service.migrations"
FIRST, SECOND = event_uuid(1), event_uuid(2)
NO_AGE = timedelta(minutes=-1)
AGAIN = Settlement(state=DeliveryState.NEW, error="not now")


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.engine)])
def deliveries(request: pytest.FixtureRequest) -> Iterator[DeliveryRepository]:
    if request.param == "memory":
        yield FakeDeliveries(utc_now)
        return
    engine = create_database_engine(request.getfixturevalue("postgres"))
    migrate(engine, MIGRATIONS)
    yield PostgresDeliveries(engine)
    engine.dispose()


def a_lease(chat_id: int = CHAT) -> Lease:
    return Lease(chat_id=chat_id, lease_id=uuid4())


def taken(deliveries: DeliveryRepository) -> Lease:
    lease = a_lease()
    assert deliveries.lease_chat(lease, lease_s=30)
    return lease


def claimed(deliveries: DeliveryRepository, *events: UUID) -> tuple[Lease, UUID]:
    lease, attempt_id = taken(deliveries), uuid4()
    assert deliveries.claim(lease, attempt_id, events, lease_s=30) == set(events)
    return lease, attempt_id


def due(deliveries: DeliveryRepository, chat_id: int = CHAT) -> list[UUID]:
    return [each.event.event_uuid for each in deliveries.look(chat_id, limit=20).due]


def test_an_added_event_reads_back_equal(deliveries: DeliveryRepository) -> None:
    events = [a_paid_event(1, payment_method='<"é"> \\'), an_assembled_event(2)]

    added = deliveries.add(events, CHAT)

    assert added == 2
    found = deliveries.look(CHAT, limit=20).due
    assert [each.event for each in found] == events
    assert [(each.chat_id, each.refusals, each.alone) for each in found] == [(CHAT, 0, False)] * 2


def test_an_event_is_added_to_a_chat_once(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)

    added = deliveries.add([a_paid_event(1), a_paid_event(2), a_paid_event(2)], CHAT)

    assert added == 1
    assert due(deliveries) == [FIRST, SECOND]


def test_two_chats_hear_of_the_same_event(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)

    assert deliveries.add([a_paid_event(1)], GROUP) == 1
    assert due(deliveries, CHAT) == due(deliveries, GROUP) == [FIRST]


def test_no_events_are_nothing_to_do(deliveries: DeliveryRepository) -> None:
    assert deliveries.add([], CHAT) == 0
    assert deliveries.chats_with_work() == []


def test_the_oldest_deliveries_come_first(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(number) for number in (3, 1, 2)], CHAT)

    found = deliveries.look(CHAT, limit=2).due

    assert [each.event.event_uuid for each in found] == [FIRST, SECOND]


def test_a_chat_is_leased_to_one_at_a_time(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)

    assert deliveries.lease_chat(a_lease(), lease_s=30)
    assert not deliveries.lease_chat(a_lease(), lease_s=30)


def test_a_lease_taken_twice_by_its_holder_is_taken(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)
    lease = a_lease()

    assert deliveries.lease_chat(lease, lease_s=30)
    assert deliveries.lease_chat(lease, lease_s=30)


def test_a_released_or_expired_chat_can_be_leased(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)
    lease = taken(deliveries)

    deliveries.release_chat(lease)
    assert deliveries.lease_chat(a_lease(), lease_s=0)
    assert deliveries.lease_chat(a_lease(), lease_s=30)


def test_a_chat_nobody_knows_can_not_be_leased(deliveries: DeliveryRepository) -> None:
    assert not deliveries.lease_chat(a_lease(), lease_s=30)
    assert deliveries.look(CHAT, limit=1).due == []


def test_a_lease_that_went_to_another_is_not_released(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)
    late = a_lease()
    deliveries.lease_chat(late, lease_s=0)
    taken(deliveries)

    deliveries.release_chat(late)

    assert not deliveries.lease_chat(a_lease(), lease_s=30)


def test_a_claimed_delivery_is_not_due(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1), a_paid_event(2)], CHAT)

    claimed(deliveries, FIRST)

    assert due(deliveries) == [SECOND]


def test_a_claim_that_is_repeated_claims_the_same(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)
    lease, attempt_id = claimed(deliveries, FIRST)

    assert deliveries.claim(lease, attempt_id, [FIRST], lease_s=30) == {FIRST}
    assert deliveries.claim(lease, uuid4(), [FIRST], lease_s=30) == set()


def test_without_the_lease_nothing_can_be_claimed(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)
    late = a_lease()
    deliveries.lease_chat(late, lease_s=0)

    assert deliveries.claim(late, uuid4(), [FIRST], lease_s=30) == set()
    taken(deliveries)
    assert deliveries.claim(late, uuid4(), [FIRST], lease_s=30) == set()
    assert due(deliveries) == [FIRST]


def test_a_claim_sets_the_end_of_the_lease_anew(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)
    lease = taken(deliveries)

    deliveries.claim(lease, uuid4(), [FIRST], lease_s=0)

    assert deliveries.lease_chat(a_lease(), lease_s=30)


def test_a_sent_delivery_is_never_due_again(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)
    lease, attempt_id = claimed(deliveries, FIRST)

    settled = deliveries.settle(CHAT, attempt_id, settlement_of_success(7), rest_s=0)
    deliveries.release_chat(lease)

    assert settled == 1
    assert due(deliveries) == []
    assert deliveries.add([a_paid_event(1)], CHAT) == 0
    assert deliveries.chats_with_work() == []


def test_a_settlement_that_is_repeated_changes_nothing(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)
    _, attempt_id = claimed(deliveries, FIRST)

    assert deliveries.settle(CHAT, attempt_id, settlement_of_success(7), rest_s=0) == 1
    assert deliveries.settle(CHAT, attempt_id, settlement_of_success(7), rest_s=0) == 0


def test_another_attempt_settles_nothing(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)
    claimed(deliveries, FIRST)

    assert deliveries.settle(CHAT, uuid4(), settlement_of_success(7), rest_s=60) == 0
    assert due(deliveries) == []
    assert deliveries.look(CHAT, limit=20).wait_s == 0


def test_a_delivery_that_is_put_back_is_due_again(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)
    _, attempt_id = claimed(deliveries, FIRST)

    deliveries.settle(CHAT, attempt_id, AGAIN, rest_s=0)

    assert due(deliveries) == [FIRST]


def test_refusals_and_loneliness_are_remembered(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)
    _, attempt_id = claimed(deliveries, FIRST)
    refused = Settlement(state=DeliveryState.NEW, error="no", refused=True, alone=True)

    deliveries.settle(CHAT, attempt_id, refused, rest_s=0)

    (found,) = deliveries.look(CHAT, limit=20).due
    assert (found.refusals, found.alone) == (1, True)


def test_a_dead_delivery_is_never_due_again(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)
    _, attempt_id = claimed(deliveries, FIRST)

    deliveries.settle(CHAT, attempt_id, Settlement(state=DeliveryState.DEAD, error="no"), rest_s=0)

    assert due(deliveries) == []


def test_a_chat_rests_after_a_message(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1), a_paid_event(2)], CHAT)
    _, attempt_id = claimed(deliveries, FIRST)

    deliveries.settle(CHAT, attempt_id, settlement_of_success(7), rest_s=20)

    assert deliveries.look(CHAT, limit=20).wait_s == pytest.approx(20, abs=5)


def test_a_pause_outlasts_the_rest_and_keeps_the_sweep_away(
    deliveries: DeliveryRepository,
) -> None:
    deliveries.add([a_paid_event(1)], CHAT)
    lease, attempt_id = claimed(deliveries, FIRST)
    paused = Settlement(state=DeliveryState.NEW, error="429", pause_s=60)

    deliveries.settle(CHAT, attempt_id, paused, rest_s=1)
    deliveries.release_chat(lease)

    assert deliveries.look(CHAT, limit=20).wait_s == pytest.approx(60, abs=5)
    assert deliveries.chats_with_work() == []


def test_outages_in_a_row_are_counted_until_an_answer(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)
    outage = Settlement(state=DeliveryState.NEW, error="502", outage=True)
    counts = []

    for settlement in (outage, outage, AGAIN):
        lease, attempt_id = claimed(deliveries, FIRST)
        deliveries.settle(CHAT, attempt_id, settlement, rest_s=0)
        deliveries.release_chat(lease)
        counts.append(deliveries.look(CHAT, limit=20).outages)

    assert counts == [1, 2, 0]


def test_what_a_dead_sender_left_behind_is_work_and_is_due_for_the_next(
    deliveries: DeliveryRepository,
) -> None:
    deliveries.add([a_paid_event(1)], CHAT)
    dead = a_lease()
    deliveries.lease_chat(dead, lease_s=30)
    deliveries.claim(dead, uuid4(), [FIRST], lease_s=0)

    assert deliveries.chats_with_work() == [CHAT]
    taken(deliveries)
    assert due(deliveries) == [FIRST]


def test_a_chat_that_is_being_written_to_is_no_work(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)
    assert deliveries.chats_with_work() == [CHAT]

    taken(deliveries)

    assert deliveries.chats_with_work() == []


def test_only_finished_deliveries_are_forgotten_oldest_batch_by_batch(
    deliveries: DeliveryRepository,
) -> None:
    deliveries.add([a_paid_event(number) for number in (1, 2, 3)], CHAT)
    _, attempt_id = claimed(deliveries, FIRST, SECOND)
    deliveries.settle(CHAT, attempt_id, settlement_of_success(7), rest_s=0)

    assert deliveries.forget(older_than=timedelta(days=60), limit=10) == 0
    assert deliveries.forget(older_than=NO_AGE, limit=1) == 1
    assert deliveries.forget(older_than=NO_AGE, limit=10) == 1
    assert deliveries.forget(older_than=NO_AGE, limit=10) == 0
    assert due(deliveries) == [event_uuid(3)]
