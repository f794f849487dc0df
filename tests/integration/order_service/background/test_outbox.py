from collections.abc import Sequence
from datetime import timedelta
from threading import Event, Thread
from uuid import UUID

import pytest
from sqlalchemy import Engine

from order_service.model.outbox import OutboxEvent, Publication
from order_service.repository.outbox import PostgresOutbox
from tests.integration.order_service.background.conftest import OrderRows

pytestmark = pytest.mark.engine

WEEK = timedelta(days=7)


@pytest.fixture
def outbox(engine: Engine) -> PostgresOutbox:
    return PostgresOutbox(engine)


def acknowledge_all(events: Sequence[OutboxEvent]) -> Publication:
    return Publication(acknowledged=tuple(event.event_uuid for event in events))


def test_waiting_events_are_published_oldest_first_and_only_once(
    outbox: PostgresOutbox, rows: OrderRows
) -> None:
    young = rows.add_event(rows.add())
    old = rows.add_event(rows.add(), age=timedelta(minutes=1))
    seen: list[UUID] = []

    def publish(events: Sequence[OutboxEvent]) -> Publication:
        seen.extend(event.event_uuid for event in events)
        return acknowledge_all(events)

    assert outbox.has_waiting()
    outbox.publish_waiting(publish, limit=500)
    outbox.publish_waiting(publish, limit=500)

    assert seen == [old, young]
    assert not outbox.has_waiting()


def test_an_event_keeps_every_byte_and_its_time(outbox: PostgresOutbox, rows: OrderRows) -> None:
    order_uuid = rows.add()
    event_uuid = rows.add_event(order_uuid, payload=b"\x00\xff")
    seen: list[OutboxEvent] = []

    def publish(events: Sequence[OutboxEvent]) -> Publication:
        seen.extend(events)
        return Publication()

    outbox.publish_waiting(publish, limit=500)

    (event,) = seen
    assert (event.event_uuid, event.key) == (event_uuid, str(order_uuid))
    assert (event.payload, event.headers) == (b"\x00\xff", {"event-type": "events.v1.OrderPaid"})
    assert event.occurred_at == rows.event(event_uuid).occurred_at


def test_only_acknowledged_events_are_marked_and_the_others_know_why(
    outbox: PostgresOutbox, rows: OrderRows
) -> None:
    lucky, unlucky = rows.add_event(rows.add()), rows.add_event(rows.add())

    outbox.publish_waiting(
        lambda _: Publication(acknowledged=(lucky,), refused={unlucky: "no leader"}), limit=500
    )

    assert rows.event(lucky).published_at is not None
    assert rows.event(unlucky).published_at is None
    assert rows.event(unlucky).last_error == "no leader"


def test_two_relays_never_publish_the_same_event_at_once(
    outbox: PostgresOutbox, rows: OrderRows
) -> None:
    for _ in range(3):
        rows.add_event(rows.add())
    first_has_them, first_may_go = Event(), Event()
    first: list[OutboxEvent] = []
    second: list[OutboxEvent] = []

    def publish_slowly(events: Sequence[OutboxEvent]) -> Publication:
        first.extend(events)
        first_has_them.set()
        first_may_go.wait(10)
        return acknowledge_all(events)

    def publish_the_rest(events: Sequence[OutboxEvent]) -> Publication:
        second.extend(events)
        return acknowledge_all(events)

    slow = Thread(target=outbox.publish_waiting, args=(publish_slowly,), kwargs={"limit": 2})
    slow.start()
    first_has_them.wait(10)
    outbox.publish_waiting(publish_the_rest, limit=500)
    first_may_go.set()
    slow.join(10)

    assert (len(first), len(second)) == (2, 1)
    assert not outbox.has_waiting()


@pytest.mark.parametrize(
    ("redrives", "due_after_s"), [(0, 30), (1, 90), (2, 270), (3, 300), (500, 300)]
)
def test_a_paid_order_is_redriven_later_each_time_and_without_end(
    outbox: PostgresOutbox, rows: OrderRows, redrives: int, due_after_s: int
) -> None:
    early, due = rows.add(), rows.add()
    for order, ago_s in ((early, due_after_s - 5), (due, due_after_s + 1)):
        ago = timedelta(seconds=ago_s)
        rows.add_event(order, age=ago, published_ago=ago, redrives=redrives)

    redriven = outbox.redrive_overdue(limit=200)

    assert [(each.order_uuid, each.redrives) for each in redriven] == [(due, redrives + 1)]
    assert outbox.has_waiting()
    assert outbox.redrive_overdue(limit=200) == []


@pytest.mark.parametrize("status", ["PENDING_PAYMENT", "ASSEMBLED", "CANCELLED"])
def test_only_paid_orders_are_redriven(
    outbox: PostgresOutbox, rows: OrderRows, status: str
) -> None:
    rows.add_event(rows.add(status), published_ago=timedelta(days=1))

    assert outbox.redrive_overdue(limit=200) == []


def test_a_pass_redrives_the_longest_waiting_first(outbox: PostgresOutbox, rows: OrderRows) -> None:
    orders = [rows.add() for _ in range(3)]
    for n, order in enumerate(orders):
        rows.add_event(order, published_ago=timedelta(minutes=n + 1))

    redriven = outbox.redrive_overdue(limit=2)

    assert {each.order_uuid for each in redriven} == set(orders[1:])


def test_only_week_old_events_of_assembled_orders_are_deleted(
    outbox: PostgresOutbox, rows: OrderRows
) -> None:
    done = rows.add_event(rows.add("ASSEMBLED"), published_ago=WEEK + timedelta(minutes=1))
    kept = [
        rows.add_event(rows.add("ASSEMBLED"), published_ago=WEEK - timedelta(minutes=1)),
        rows.add_event(rows.add("PAID"), published_ago=WEEK * 2),
        rows.add_event(rows.add("ASSEMBLED"), age=WEEK * 2),
    ]

    assert outbox.delete_done(limit=1000) == 1

    assert rows.event(done) is None
    assert all(rows.event(event_uuid) is not None for event_uuid in kept)


def test_deleting_goes_batch_by_batch(outbox: PostgresOutbox, rows: OrderRows) -> None:
    for _ in range(3):
        rows.add_event(rows.add("ASSEMBLED"), published_ago=WEEK * 2)

    assert [outbox.delete_done(limit=2) for _ in range(3)] == [2, 1, 0]
