"""Leases of chats, in memory and in PostgreSQL."""

from uuid import uuid4

import pytest

from notification_service.service.ports import DeliveryRepository
from tests.contract.notification_service.steps import a_lease, claimed, due, taken
from tests.unit.notification_service.builders import CHAT, GROUP, a_paid_event

FIRST = a_paid_event(1).key


@pytest.fixture(autouse=True)
def _an_event_of_the_chat(deliveries: DeliveryRepository) -> None:
    deliveries.add([a_paid_event(1)], CHAT)


def test_a_chat_is_leased_to_one_at_a_time_that_may_take_its_lease_again(
    deliveries: DeliveryRepository,
) -> None:
    lease = taken(deliveries)

    assert not deliveries.lease_chat(a_lease(), lease_s=30)
    assert deliveries.lease_chat(lease, lease_s=30)


def test_a_released_or_expired_chat_can_be_leased(deliveries: DeliveryRepository) -> None:
    lease = taken(deliveries)

    deliveries.release_chat(lease)
    assert deliveries.lease_chat(a_lease(), lease_s=0)
    assert deliveries.lease_chat(a_lease(), lease_s=30)


def test_a_chat_nobody_knows_cannot_be_leased(deliveries: DeliveryRepository) -> None:
    assert not deliveries.lease_chat(a_lease(GROUP), lease_s=30)
    assert deliveries.look(GROUP, limit=1).due == []


def test_a_lease_that_went_to_another_is_not_released(deliveries: DeliveryRepository) -> None:
    late = a_lease()
    deliveries.lease_chat(late, lease_s=0)
    taken(deliveries)

    deliveries.release_chat(late)

    assert not deliveries.lease_chat(a_lease(), lease_s=30)


def test_a_claim_that_is_repeated_claims_the_same(deliveries: DeliveryRepository) -> None:
    lease, attempt_id = claimed(deliveries, FIRST)

    assert deliveries.claim(lease, attempt_id, [FIRST], lease_s=30) == {FIRST}
    assert deliveries.claim(lease, uuid4(), [FIRST], lease_s=30) == set()


def test_without_the_lease_nothing_can_be_claimed(deliveries: DeliveryRepository) -> None:
    late = a_lease()
    deliveries.lease_chat(late, lease_s=0)

    assert deliveries.claim(late, uuid4(), [FIRST], lease_s=30) == set()
    taken(deliveries)
    assert deliveries.claim(late, uuid4(), [FIRST], lease_s=30) == set()
    assert due(deliveries) == [FIRST]


def test_a_claim_renews_the_lease(deliveries: DeliveryRepository) -> None:
    lease = taken(deliveries)

    deliveries.claim(lease, uuid4(), [FIRST], lease_s=0)

    assert deliveries.lease_chat(a_lease(), lease_s=30)


def test_deliveries_of_a_dead_sender_are_due_again(deliveries: DeliveryRepository) -> None:
    dead = a_lease()
    deliveries.lease_chat(dead, lease_s=30)
    deliveries.claim(dead, uuid4(), [FIRST], lease_s=0)

    assert deliveries.chats_with_work() == [CHAT]
    taken(deliveries)
    assert due(deliveries) == [FIRST]


def test_a_leased_chat_is_not_listed_as_work(deliveries: DeliveryRepository) -> None:
    assert deliveries.chats_with_work() == [CHAT]

    taken(deliveries)

    assert deliveries.chats_with_work() == []
