"""Why an order waits, in words."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from deploy.shipyard.commands.buying.timeline import Way, rows_of, summary, why
from deploy.shipyard.exits import Away
from libs.tasks.redis.waiting import WaitingTask
from notification_service.model.delivery import DeliverySeen, DeliveryState
from order_service.model.order import Order, OrderStatus
from order_service.model.timeline import QueuedEvent, Timeline
from tests.unit.deploy.shipyard.messages import a_message
from tests.unit.order_service.builders import NOON, ORDER, a_claim, a_paid_order, an_order

EVENT = QueuedEvent(event_uuid=UUID(int=1), topic="order.paid", occurred_at=NOON)

REFUSED = replace(EVENT, last_error="no leader")

PUBLISHED = replace(EVENT, published_at=NOON, redrives=2)

TASK = WaitingTask(
    queue="assembly",
    message=a_message("assembly.publish_ship_assembled", {}, eta=NOON + timedelta(seconds=5)),
    held_since=NOON,
)

UNTOLD = DeliverySeen(
    kind="assembled",
    order_uuid=ORDER,
    event_uuid=UUID(int=2),
    chat_id=5,
    state=DeliveryState.NEW,
    attempts=1,
    put_offs=0,
    ambiguous=0,
    occurred_at=NOON,
    created_at=NOON,
    sent_at=None,
    message_id=None,
    last_error="too many messages",
    waits_for="the pause that Telegram or an outage asked for",
    until=NOON,
)


def a_way(order: Order, event: QueuedEvent | None = None) -> Way:
    seen = Timeline(order=order, updated_at=NOON, assembled_topic="order.assembled", event=event)
    return Way(timeline=seen)


DONE = a_way(a_paid_order(status=OrderStatus.ASSEMBLED, assembled_at=NOON, build_time_s=5))


@pytest.mark.parametrize(
    ("way", "told"),
    [
        (a_way(an_order()), "the customer, to pay or to cancel"),
        (a_way(an_order(claim=a_claim())), "orders.reconcile repeats it"),
        (a_way(an_order(claim=a_claim(doubt="refused late"))), "payments settle: refused late"),
        (a_way(a_paid_order(), EVENT), "the relay, to publish OrderPaid: not tried yet"),
        (a_way(a_paid_order(), REFUSED), "the relay, to publish OrderPaid: no leader"),
        (a_way(a_paid_order(), PUBLISHED), "redriven 2 times; no task in Redis holds it"),
        (
            replace(a_way(a_paid_order(), PUBLISHED), task=TASK),
            "its task is held by a worker of assembly",
        ),
        (replace(DONE, deliveries=[UNTOLD]), "to hear of assembled: the pause that Telegram"),
    ],
)
def test_what_an_order_waits_for_is_said_in_words(way: Way, told: str) -> None:
    assert told in (why(way) or "")


def test_an_order_that_everybody_heard_of_waits_for_nothing() -> None:
    assert why(DONE) is None


def test_the_way_goes_on_in_redis_and_in_the_notifications() -> None:
    way = replace(a_way(a_paid_order(), PUBLISHED), task=TASK, deliveries=[UNTOLD])

    rows = list(rows_of(way))

    assert [row["step"] for row in rows][-3:] == [
        *("published", "task_scheduled", "delivery_assembled")
    ]
    assert rows[-2]["at"] == TASK.due
    assert rows[-1]["details"]["last_error"] == "too many messages"


def test_an_order_whose_database_is_away_is_unknown_and_its_deliveries_are_shown() -> None:
    way = Way(timeline=None, deliveries=[UNTOLD], away=[Away("the order database", "refused")])

    assert summary(ORDER, way)["status"] == "unknown: its database is away"
    assert len(list(rows_of(way))) == 1
