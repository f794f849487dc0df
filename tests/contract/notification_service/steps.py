"""Steps that the suites of the repository share."""

from uuid import UUID, uuid4

from notification_service.model.delivery import Lease
from notification_service.model.event import EventKey
from notification_service.service.ports import DeliveryRepository
from tests.unit.notification_service.builders import CHAT


def a_lease(chat_id: int = CHAT) -> Lease:
    return Lease(chat_id=chat_id, lease_id=uuid4())


def taken(deliveries: DeliveryRepository) -> Lease:
    lease = a_lease()
    assert deliveries.lease_chat(lease, lease_s=30)
    return lease


def claimed(deliveries: DeliveryRepository, *events: EventKey) -> tuple[Lease, UUID]:
    lease, attempt_id = taken(deliveries), uuid4()
    assert deliveries.claim(lease, attempt_id, events, lease_s=30) == set(events)
    return lease, attempt_id


def due(deliveries: DeliveryRepository, chat_id: int = CHAT) -> list[EventKey]:
    return [each.event.key for each in deliveries.look(chat_id, limit=20).due]
