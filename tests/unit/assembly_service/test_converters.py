from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assembly_service.api.tasks import register_tasks
from assembly_service.converter.events import order_paid_from_record, ship_assembled_to_record
from assembly_service.converter.tasks import (
    PUBLISH_SHIPS_TASK,
    QUEUE,
    MalformedShips,
    ships_from_task,
    ships_to_task,
)
from assembly_service.model.ship import Ship
from libs.contracts.events.v1 import events_pb2
from libs.tasks.app import create_celery
from tests.support.kafka import ORDER_PAID_AT, a_record
from tests.unit.assembly_service.builders import (
    EVENT_ID,
    NOW,
    ORDER_ID,
    a_ship,
    an_order_paid,
    an_order_paid_wire,
)

TRACEPARENT = f"00-{'a' * 32}-{'b' * 16}-01"

SHIPS = st.lists(
    st.builds(Ship, build_time_s=st.integers(0, 86400), traceparent=st.none() | st.text())
)


def test_a_record_of_a_foreign_producer_without_headers_and_time_is_accepted() -> None:
    wire = an_order_paid_wire(payment_method="PAYMENT_METHOD_CARD")
    unknown_field_15 = b"\x7a\x03new"

    event = order_paid_from_record(a_record(wire.SerializeToString() + unknown_field_15))

    assert event == an_order_paid(recorded_at=ORDER_PAID_AT)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (TRACEPARENT.encode(), TRACEPARENT),
        *((malformed, None) for malformed in (b"", b"\xff", b"00-trace", b"0" * 1_000_000)),
        (TRACEPARENT.encode() + b"\n", None),
    ],
)
def test_a_trace_continues_from_its_header_unless_it_is_malformed(
    sent: bytes, read: str | None
) -> None:
    headers = (("event-type", b"x"), ("traceparent", sent))
    record = a_record(an_order_paid_wire().SerializeToString(), headers=headers)

    assert order_paid_from_record(record).traceparent == read


def test_a_ship_is_published_with_its_order_as_key_its_type_and_its_trace() -> None:
    event = a_ship(build_time_s=7, traceparent="00-trace").assembled(NOW)

    record = ship_assembled_to_record(event, topic="order.assembled")

    wire = events_pb2.ShipAssembled.FromString(record.value or b"")
    assert record.topic == "order.assembled"
    assert record.key == str(ORDER_ID).encode()
    assert record.headers == (
        ("event-type", b"events.v1.ShipAssembled"),
        ("traceparent", b"00-trace"),
    )
    untraced = ship_assembled_to_record(a_ship().assembled(NOW), topic="order.assembled")
    assert untraced.headers == record.headers[:1]
    assert UUID(wire.event_uuid) == uuid5(EVENT_ID, "order.assembled")
    assert wire.build_time_sec == 7
    assert wire.occurred_at.ToDatetime(tzinfo=NOW.tzinfo) == NOW


A_SHIP = ships_to_task([a_ship()])["ships"][0]


@given(SHIPS)
def test_ships_survive_the_round_trip_through_a_task(ships: list[Ship]) -> None:
    assert ships_from_task(**ships_to_task(ships)) == ships


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(None, id="nothing"),
        pytest.param(7, id="a number"),
        pytest.param(["ship"], id="texts"),
        pytest.param([{"order_uuid": str(ORDER_ID)}], id="a part of a ship"),
        pytest.param([A_SHIP | {"user_uuid": 7}], id="an id of the wrong type"),
        pytest.param([A_SHIP | {"build_time_s": "x"}], id="a bad number"),
    ],
)
def test_a_task_with_malformed_arguments_is_refused(arguments: Any) -> None:
    published: list[Ship] = []

    celery = create_celery("test", "redis://127.0.0.1:1/0", queues=(QUEUE,))
    register_tasks(celery, published.extend)

    celery.tasks[PUBLISH_SHIPS_TASK](ships=arguments)

    with pytest.raises(MalformedShips):
        ships_from_task(arguments)
    assert published == []
