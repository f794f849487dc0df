from collections.abc import Sequence
from datetime import timedelta
from threading import Event, Thread
from uuid import UUID

import pytest
from sqlalchemy import Engine

from libs.kafka.types import StoredAt
from order_service.model.outbox import Lane, OutboxEvent, Publication, Redriven, Refusal
from order_service.repository.outbox import PostgresOutbox
from tests.integration.order_service.background.conftest import OrderRows, locked

WEEK = timedelta(days=7)


@pytest.fixture
def outbox(engine: Engine) -> PostgresOutbox:
    return PostgresOutbox(engine)


def refuse_all(events: Sequence[OutboxEvent]) -> Publication:
    return Publication(refused={event.event_uuid: Refusal(reason="none") for event in events})


def redrive(outbox: PostgresOutbox) -> tuple[Redriven, ...]:
    return outbox.redrive_overdue(limit=200, after=None).redriven


def acknowledge_all(events: Sequence[OutboxEvent]) -> Publication:
    return Publication(acknowledged=tuple(event.event_uuid for event in events))


def test_waiting_events_are_published_once_the_oldest_first(
    outbox: PostgresOutbox, rows: OrderRows
) -> None:
    young = rows.add_event(rows.add())
    old = rows.add_event(rows.add(), age=timedelta(seconds=3))
    seen: list[UUID] = []

    def publish(events: Sequence[OutboxEvent]) -> Publication:
        seen.extend(event.event_uuid for event in events)
        return acknowledge_all(events)

    assert outbox.has_waiting(Lane.RECENT)
    outbox.publish_waiting(Lane.RECENT, publish, limit=500)
    outbox.publish_waiting(Lane.RECENT, publish, limit=500)

    assert seen == [old, young]
    assert not outbox.has_waiting(Lane.RECENT)


def test_an_event_keeps_every_byte_and_its_time(outbox: PostgresOutbox, rows: OrderRows) -> None:
    order_uuid = rows.add()
    event_uuid = rows.add_event(order_uuid, payload=b"\x00\xff")
    seen: list[OutboxEvent] = []

    def publish(events: Sequence[OutboxEvent]) -> Publication:
        seen.extend(events)
        return Publication()

    outbox.publish_waiting(Lane.RECENT, publish, limit=500)

    (event,) = seen
    assert (event.event_uuid, event.key) == (event_uuid, str(order_uuid))
    assert (event.payload, event.headers) == (b"\x00\xff", {"event-type": "events.v1.OrderPaid"})
    assert event.occurred_at == rows.event(event_uuid).occurred_at


def test_only_acknowledged_events_are_marked_and_the_others_have_a_reason(
    outbox: PostgresOutbox, rows: OrderRows
) -> None:
    lucky, unlucky, untold = (rows.add_event(rows.add()) for _ in range(3))

    publication = Publication(
        acknowledged=(lucky, untold),
        refused={unlucky: Refusal(reason="no leader")},
        stored_at={lucky: StoredAt(partition=3, offset=17)},
    )
    outbox.publish_waiting(Lane.RECENT, lambda _: publication, limit=500)

    assert rows.event(lucky).published_at is not None
    assert (rows.event(lucky).partition, rows.event(lucky).record_offset) == (3, 17)
    assert rows.event(untold).published_at is not None
    assert rows.event(untold).record_offset is None
    assert rows.event(unlucky).published_at is None
    assert rows.event(unlucky).last_error == "no leader"


def test_two_relays_never_publish_the_same_event_concurrently(
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

    slow = Thread(
        target=outbox.publish_waiting, args=(Lane.RECENT, publish_slowly), kwargs={"limit": 2}
    )
    slow.start()
    first_has_them.wait(10)
    outbox.publish_waiting(Lane.RECENT, publish_the_rest, limit=500)
    first_may_go.set()
    slow.join(10)

    assert (len(first), len(second)) == (2, 1)
    assert not outbox.has_waiting(Lane.RECENT)


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

    redriven = redrive(outbox)

    assert [(each.order_uuid, each.redrives) for each in redriven] == [(due, redrives + 1)]
    assert outbox.has_waiting(Lane.LATE)
    assert redrive(outbox) == ()


@pytest.mark.parametrize("status", ["PENDING_PAYMENT", "ASSEMBLED", "CANCELLED"])
def test_only_paid_orders_are_redriven(
    outbox: PostgresOutbox, rows: OrderRows, status: str
) -> None:
    rows.add_event(rows.add(status), published_ago=timedelta(days=1))

    assert redrive(outbox) == ()


def test_a_redrive_reads_the_paid_orders_page_by_page(
    outbox: PostgresOutbox, rows: OrderRows
) -> None:
    orders = [rows.add() for _ in range(5)]
    for order in orders:
        rows.add_event(order, published_ago=timedelta(minutes=1))

    pages = [page := outbox.redrive_overdue(limit=2, after=None)]
    while page.last:
        pages.append(page := outbox.redrive_overdue(limit=2, after=page.last))

    assert [each.order_uuid for page in pages for each in page.redriven] == orders


def test_a_locked_event_is_redriven_later_and_delays_no_other(
    outbox: PostgresOutbox, rows: OrderRows, engine: Engine
) -> None:
    orders = [rows.add() for _ in range(3)]
    events = [rows.add_event(order, published_ago=timedelta(minutes=1)) for order in orders]

    with locked(engine, "outbox", "event_uuid", events[1]):
        meanwhile = {each.order_uuid for each in redrive(outbox)}

    assert meanwhile == {orders[0], orders[2]}
    assert [each.order_uuid for each in redrive(outbox)] == [orders[1]]


def test_events_of_older_payments_wait_in_their_own_lane(
    outbox: PostgresOutbox, rows: OrderRows
) -> None:
    recent = rows.add_event(rows.add())
    late = rows.add_event(rows.add(), age=timedelta(minutes=1))
    ahead = rows.add_event(rows.add(), age=-timedelta(hours=2))

    assert set(outbox.waiting(Lane.RECENT, limit=500)) == {recent, ahead}
    assert outbox.waiting(Lane.LATE, limit=500) == [late]


def test_a_refused_event_goes_to_the_end_of_its_lane_and_leaves_it_once_published(
    outbox: PostgresOutbox, rows: OrderRows
) -> None:
    first, second = (rows.add_event(rows.add()) for _ in range(2))
    for lane in (Lane.RECENT, Lane.REFUSED):
        for _ in range(2):
            outbox.publish_waiting(lane, refuse_all, limit=1)
    assert outbox.waiting(Lane.REFUSED, limit=500) == [first, second]

    outbox.publish_waiting(Lane.REFUSED, acknowledge_all, limit=1)

    assert outbox.waiting(Lane.REFUSED, limit=500) == [second]
    assert rows.event(first).last_error is None


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


def test_an_event_that_is_not_order_paid_is_never_redriven_and_deleted_after_a_week(
    outbox: PostgresOutbox, rows: OrderRows
) -> None:
    paid, old = rows.add("PAID"), WEEK + timedelta(minutes=1)
    waiting = rows.add_other_event(paid, published_ago=old)
    done = rows.add_other_event(rows.add("CANCELLED"), published_ago=old)
    rows.add_event(paid, published_ago=old)

    assert [each.order_uuid for each in redrive(outbox)] == [paid]
    assert rows.event(waiting).redrives == 0
    assert outbox.delete_done(limit=1000) == 1
    assert rows.event(done) is None
