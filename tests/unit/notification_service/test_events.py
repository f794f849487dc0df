"""Events from the wire, also from careless producers."""

from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.clock import Clock
from libs.contracts.events.v1 import events_pb2
from libs.kafka.errors import MalformedEvent
from libs.kafka.types import Record
from notification_service.converter.events import (
    EARLIEST,
    LATEST_AHEAD,
    LONGEST_TEXT,
    order_paid_from_record,
    ship_assembled_from_record,
)
from notification_service.model.event import Event
from tests.support.kafka import a_record
from tests.unit.notification_service.builders import (
    ORDER_UUID,
    START,
    TRANSACTION_UUID,
    USER_UUID,
    event_uuid,
)


class DecodeAt(Protocol):
    def __call__(self, record: Record, *, clock: Clock) -> Event: ...


IDS: dict[str, Any] = {
    "event_uuid": str(event_uuid(1)),
    "order_uuid": ORDER_UUID,
    "user_uuid": USER_UUID,
}


def paid(payment_method: str = "CARD", transaction_uuid: str = TRANSACTION_UUID) -> bytes:
    return events_pb2.OrderPaid(
        **IDS, payment_method=payment_method, transaction_uuid=transaction_uuid
    ).SerializeToString()


def assembled(build_time_sec: int = 7) -> bytes:
    return events_pb2.ShipAssembled(**IDS, build_time_sec=build_time_sec).SerializeToString()


def test_an_event_without_a_time_gets_the_time_of_its_record() -> None:
    recorded_at = datetime(2026, 5, 6, tzinfo=UTC)

    assert order_paid_from_record(a_record(paid(), recorded_at)).occurred_at == recorded_at
    assert ship_assembled_from_record(a_record(assembled(), recorded_at)).occurred_at == recorded_at


def test_the_long_form_of_a_method_is_shown_short() -> None:
    event = order_paid_from_record(a_record(paid(payment_method="PAYMENT_METHOD_CREDIT_CARD")))

    assert event.facts["payment_method"] == "CREDIT_CARD"


def test_a_missing_method_or_transaction_is_shown_as_missing() -> None:
    event = order_paid_from_record(a_record(paid(payment_method="", transaction_uuid=" ")))

    assert event.facts["payment_method"] == "-"
    assert event.facts["transaction_uuid"] == "-"


@pytest.mark.parametrize("build_time_s", [0, 86_400])
def test_the_shortest_and_the_longest_build_are_read(build_time_s: int) -> None:
    event = ship_assembled_from_record(a_record(assembled(build_time_s)))

    assert event.facts["build_time_s"] == str(build_time_s)


NOW = START + timedelta(days=3)
IN_MILLISECONDS = round(START.timestamp() * 1000)
SENSIBLE_S = round(START.timestamp())


@pytest.mark.parametrize(
    ("seconds", "nanos"),
    [
        (IN_MILLISECONDS, 0),
        (2**62, 0),
        (-(2**62), 0),
        (0, 0),
        (SENSIBLE_S, 2_000_000_000),
        (SENSIBLE_S, -1),
        (round(EARLIEST.timestamp()) - 1, 0),
        (round((NOW + LATEST_AHEAD).timestamp()) + 1, 0),
    ],
)
@pytest.mark.parametrize("decode", [order_paid_from_record, ship_assembled_from_record])
def test_a_time_out_of_range_counts_as_absent(decode: DecodeAt, seconds: int, nanos: int) -> None:
    wire = events_pb2.OrderPaid if decode is order_paid_from_record else events_pb2.ShipAssembled
    event = wire.FromString(paid() if decode is order_paid_from_record else assembled())
    event.occurred_at.seconds, event.occurred_at.nanos = seconds, nanos

    read = decode(a_record(event.SerializeToString()), clock=lambda: NOW)

    assert read.occurred_at == START


def test_a_time_up_to_a_day_ahead_is_kept() -> None:
    wire = events_pb2.OrderPaid.FromString(paid())
    wire.occurred_at.FromDatetime(NOW + LATEST_AHEAD)

    read = order_paid_from_record(a_record(wire.SerializeToString()), clock=lambda: NOW)

    assert read.occurred_at == NOW + LATEST_AHEAD


@pytest.mark.parametrize(
    "recorded_at", [datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)]
)
def test_an_event_whose_record_time_is_out_of_range_happened_now(recorded_at: datetime) -> None:
    read = order_paid_from_record(a_record(paid(), recorded_at), clock=lambda: NOW)

    assert read.occurred_at == NOW


@given(st.binary(max_size=300))
def test_any_bytes_decode_or_are_malformed(value: bytes) -> None:
    for decode in (order_paid_from_record, ship_assembled_from_record):
        try:
            event = decode(a_record(value, START))
        except MalformedEvent:
            continue
        assert event.occurred_at.tzinfo is not None


@given(st.text(max_size=300))
def test_any_method_becomes_a_short_line_that_can_be_stored(method: str) -> None:
    event = order_paid_from_record(a_record(paid(payment_method=method)))

    shown = event.facts["payment_method"]
    assert 1 <= len(shown) <= LONGEST_TEXT
    assert shown.isprintable()
