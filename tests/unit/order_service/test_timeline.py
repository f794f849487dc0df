"""The way of an order, from what the database keeps."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid5

import pytest

from order_service.model.events import EventRecord
from order_service.model.order import Order, OrderStatus
from order_service.model.timeline import QueuedEvent, Timeline, WaitsFor
from tests.unit.order_service.builders import NOON, ORDER, a_claim, a_paid_order, an_order

EVENT = QueuedEvent(event_uuid=uuid5(ORDER, "order.paid"), topic="order.paid", occurred_at=NOON)

PUBLISHED = replace(EVENT, published_at=NOON + timedelta(seconds=1), partition=3, offset=17)

ASSEMBLED = a_paid_order(
    status=OrderStatus.ASSEMBLED, assembled_at=NOON + timedelta(seconds=6), build_time_s=5
)


def a_timeline(order: Order, **known: object) -> Timeline:
    seen = Timeline(order=order, updated_at=NOON, assembled_topic="order.assembled")
    return replace(seen, **known)  # type: ignore[arg-type]  # fields of the class


@pytest.mark.parametrize(
    ("seen", "waits_for"),
    [
        (a_timeline(an_order()), WaitsFor.CUSTOMER),
        (a_timeline(an_order(claim=a_claim())), WaitsFor.PAYMENT),
        (a_timeline(an_order(claim=a_claim(doubt="refused late"))), WaitsFor.OPERATOR),
        (a_timeline(a_paid_order(), event=EVENT), WaitsFor.RELAY),
        (a_timeline(a_paid_order(), event=PUBLISHED), WaitsFor.SHIP),
        (a_timeline(ASSEMBLED, event=PUBLISHED), None),
        (a_timeline(an_order(status=OrderStatus.CANCELLED)), None),
    ],
)
def test_an_order_says_what_its_next_step_waits_for(
    seen: Timeline, waits_for: WaitsFor | None
) -> None:
    assert seen.waits_for is waits_for


def test_a_finished_order_has_every_step_in_order_with_the_places_of_its_records() -> None:
    record = EventRecord(partition=2, offset=9, at=NOON + timedelta(seconds=5))

    steps = a_timeline(ASSEMBLED, claimed_at=NOON, event=PUBLISHED, ship=record).steps()

    assert [step.name for step in steps] == [
        *("created", "claimed", "charged", "paid", "published"),
        *("ship_due", "ship_built", "assembled"),
    ]
    by_name = {str(step.name): step for step in steps}
    assert by_name["published"].details == {"topic": "order.paid", "partition": 3, "offset": 17}
    assert by_name["ship_due"].at == NOON + timedelta(seconds=5)
    assert by_name["ship_built"].details["offset"] == 9


def test_the_record_of_an_older_relay_has_a_topic_and_no_place() -> None:
    seen = a_timeline(a_paid_order(), event=replace(PUBLISHED, partition=None, offset=None))

    assert seen.steps()[-1].details == {"topic": "order.paid"}


def test_an_order_waits_since_its_last_step_and_not_since_the_one_to_come() -> None:
    assert a_timeline(a_paid_order(), event=PUBLISHED).since == PUBLISHED.published_at
