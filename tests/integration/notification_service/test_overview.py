"""What an operator sees of the deliveries, and another try for those that were given up."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text

from libs.contracts.events.declared import ORDER_PAID
from notification_service.model.delivery import DeliverySeen, DeliveryState, Lease
from notification_service.model.settlement import Settlement, settlement_of_success
from notification_service.repository.overview import (
    count_deliveries,
    deliveries_in,
    deliveries_of,
    revive_of_chat,
    revive_of_order,
)
from notification_service.repository.postgres_deliveries import PostgresDeliveries
from tests.unit.notification_service.builders import CHAT, a_paid_event

FIRST, SECOND = a_paid_event(1), a_paid_event(2)


@pytest.fixture
def deliveries(engine: Engine) -> PostgresDeliveries:
    deliveries = PostgresDeliveries(engine)
    deliveries.add([FIRST, SECOND], CHAT)
    return deliveries


def settle(deliveries: PostgresDeliveries, settlement: Settlement, *, rest_s: float = 0.0) -> None:
    lease, attempt_id = Lease(chat_id=CHAT, lease_id=uuid4()), uuid4()
    assert deliveries.lease_chat(lease, lease_s=60)
    assert deliveries.claim(lease, attempt_id, [FIRST.key], lease_s=60)
    deliveries.settle(CHAT, attempt_id, settlement, rest_s=rest_s)
    deliveries.release_chat(lease)


def untold(engine: Engine) -> list[DeliverySeen]:
    return deliveries_in(engine, DeliveryState.NEW, limit=10)


def test_a_delivery_of_a_free_chat_waits_for_a_worker(
    engine: Engine, deliveries: PostgresDeliveries
) -> None:
    first, _ = untold(engine)

    assert first.waits_for is not None
    assert first.waits_for.startswith("a worker")
    assert first.until is None


def test_a_delivery_waits_for_the_worker_that_holds_its_chat(
    engine: Engine, deliveries: PostgresDeliveries
) -> None:
    deliveries.lease_chat(Lease(chat_id=CHAT, lease_id=uuid4()), lease_s=60)

    first, _ = untold(engine)

    assert first.waits_for == "its turn: a worker is writing to the chat"
    assert first.until is not None


def test_a_delivery_waits_for_the_pause_that_telegram_asked_for(
    engine: Engine, deliveries: PostgresDeliveries
) -> None:
    settle(deliveries, Settlement(state=DeliveryState.NEW, pause_s=40, error="too many messages"))

    told = {each.waits_for for each in untold(engine)}

    assert told == {"the pause that Telegram or an outage asked for"}
    assert {each.last_error for each in untold(engine)} == {None, "too many messages"}


def test_a_delivery_that_was_put_off_waits_for_itself_only(
    engine: Engine, deliveries: PostgresDeliveries
) -> None:
    settle(deliveries, Settlement(state=DeliveryState.NEW, put_off_s=40))

    told = {each.event_uuid: each.waits_for for each in untold(engine)}

    assert told[FIRST.event_uuid] == "it was put off after a refusal"
    assert told[SECOND.event_uuid] != told[FIRST.event_uuid]


def test_the_deliveries_of_an_order_are_found_by_the_ids_of_its_events(engine: Engine) -> None:
    order_uuid = uuid4()
    event_uuid = add_declared(engine, order_uuid)

    assert [each.event_uuid for each in deliveries_of(engine, [order_uuid])] == [event_uuid]
    assert deliveries_of(engine, [uuid4()]) == []
    assert deliveries_of(engine, []) == []


def test_the_deliveries_of_several_orders_are_found_at_once_and_no_others(engine: Engine) -> None:
    order_uuids = [uuid4() for _ in range(4)]
    event_uuids = [add_declared(engine, order_uuid) for order_uuid in order_uuids]

    found = deliveries_of(engine, order_uuids[:3])

    assert [(each.order_uuid, each.event_uuid) for each in found] == list(
        zip(order_uuids[:3], event_uuids[:3], strict=True)
    )


def test_an_event_id_of_another_order_is_not_found(engine: Engine) -> None:
    """Some foreign producers use one event_uuid for several orders."""
    order_uuid = uuid4()
    add_declared(engine, uuid4(), event_uuid=ORDER_PAID.event_uuid(order_uuid))

    assert deliveries_of(engine, [order_uuid]) == []


def test_a_dead_delivery_is_due_again_and_a_repeat_finds_none(
    engine: Engine, deliveries: PostgresDeliveries
) -> None:
    settle(deliveries, Settlement(state=DeliveryState.DEAD, error="refused"))
    order_uuid = FIRST.key.order_uuid
    assert [each.order_uuid for each in deliveries_in(engine, DeliveryState.DEAD, limit=5)] == [
        order_uuid
    ]

    assert revive_of_order(engine, order_uuid) == 1

    assert revive_of_order(engine, order_uuid) == 0
    assert {each.event.key for each in deliveries.look(CHAT, limit=5).due} == {
        FIRST.key,
        SECOND.key,
    }


def test_only_the_dead_deliveries_of_the_chat_are_revived(
    engine: Engine, deliveries: PostgresDeliveries
) -> None:
    settle(deliveries, settlement_of_success(5))

    assert revive_of_chat(engine, CHAT) == 0
    assert deliveries_in(engine, DeliveryState.SENT, limit=5)[0].message_id == 5


def test_deliveries_are_counted_by_state(engine: Engine, deliveries: PostgresDeliveries) -> None:
    settle(deliveries, Settlement(state=DeliveryState.DEAD))

    counted = count_deliveries(engine)

    assert {state: each.number for state, each in counted.items()} == {
        DeliveryState.NEW: 1,
        DeliveryState.SENDING: 0,
        DeliveryState.DEAD: 1,
    }


def add_declared(engine: Engine, order_uuid: UUID, *, event_uuid: UUID | None = None) -> UUID:
    """Store a delivery of the order's OrderPaid, with the id that this event has or another."""
    event_uuid = event_uuid or ORDER_PAID.event_uuid(order_uuid)
    with engine.begin() as tx:
        tx.execute(text("INSERT INTO chats (chat_id) VALUES (5) ON CONFLICT DO NOTHING"))
        tx.execute(
            text(
                "INSERT INTO deliveries (event_uuid, chat_id, kind, facts, occurred_at)"
                " VALUES (:event, 5, 'paid', jsonb_build_object('order_uuid', :order), now())"
            ),
            {"event": event_uuid, "order": str(order_uuid)},
        )
    return event_uuid
