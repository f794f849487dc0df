from datetime import timedelta
from uuid import UUID

from structlog.testing import capture_logs

from notification_service.model.delivery import KEPT, DeliveryState
from notification_service.service.queue_notifications import QueueNotifications
from notification_service.service.sweep_deliveries import SweepDeliveries
from tests.support.locks import free_lock, held_lock
from tests.unit.notification_service.builders import CHAT, GROUP, a_paid_event, an_assembled_event
from tests.unit.notification_service.fakes import FakeDeliveries, FakeSendQueue, FakeTime


def test_a_batch_of_events_becomes_due_once_and_wakes_the_chat_once() -> None:
    deliveries, queue = FakeDeliveries(FakeTime()), FakeSendQueue()
    queue_notifications = QueueNotifications(deliveries, queue, chat_id=CHAT)

    queue_notifications([a_paid_event(1), a_paid_event(2)])
    assert queue.asked == [CHAT]

    queue_notifications([a_paid_event(1), a_paid_event(2), a_paid_event(3)])
    assert deliveries.states() == [DeliveryState.NEW] * 3


def test_an_event_id_of_two_orders_is_logged_with_the_orders() -> None:
    queue_notifications = QueueNotifications(
        FakeDeliveries(FakeTime()), FakeSendQueue(), chat_id=CHAT
    )
    other_order = str(UUID(int=2))

    with capture_logs() as lines:
        queue_notifications([a_paid_event(1)])
        queue_notifications([a_paid_event(1, order_uuid=other_order), an_assembled_event(1)])

    assert [(line["event"], line["order_uuids"]) for line in lines] == [
        ("event_id_shared_by_orders", [other_order])
    ]


def test_the_sweep_wakes_every_chat_with_due_deliveries() -> None:
    deliveries, queue = FakeDeliveries(FakeTime()), FakeSendQueue()
    deliveries.add([a_paid_event(1)], CHAT)
    deliveries.add([a_paid_event(1)], GROUP)
    deliveries.add([], 7)

    SweepDeliveries(deliveries, queue, try_lock=free_lock)()

    assert queue.asked == [GROUP, CHAT]


def test_only_one_sweep_runs_at_a_time() -> None:
    deliveries, queue = FakeDeliveries(FakeTime()), FakeSendQueue()
    deliveries.add([a_paid_event(1)], CHAT)

    SweepDeliveries(deliveries, queue, try_lock=held_lock)()

    assert queue.asked == []


def test_finished_deliveries_are_deleted_after_sixty_days() -> None:
    time = FakeTime()
    deliveries = FakeDeliveries(time)
    deliveries.add([a_paid_event(1), a_paid_event(2)], CHAT)
    first = next(iter(deliveries.rows.values()))
    first.state = DeliveryState.SENT

    time.pass_by(timedelta(days=59).total_seconds())
    deliveries.forget(older_than=KEPT, limit=2)
    assert len(deliveries.rows) == 2

    time.pass_by(timedelta(days=2).total_seconds())
    deliveries.forget(older_than=KEPT, limit=2)
    assert [row.state for row in deliveries.rows.values()] == [DeliveryState.NEW]
