"""Events from Kafka records."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from libs.clock import Clock, utc_now
from libs.contracts.events.declared import ORDER_PAID, SHIP_ASSEMBLED, DeclaredEvent
from libs.contracts.events.limits import MAX_BUILD_TIME_S
from libs.contracts.events.v1 import events_pb2
from libs.kafka.protobuf import event_of, number_of, uuid_of
from libs.kafka.types import Decode, Record
from notification_service.model.event import Event

LONGEST_TEXT = 64
"""Longest text from a foreign producer, so that a digest of twenty lines fits into a message."""

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST_AHEAD = timedelta(days=1)
"""A time outside this range is a producer's mistake and counts as absent."""

METHOD_PREFIX = "PAYMENT_METHOD_"


def order_paid_from_record(record: Record, *, clock: Clock = utc_now) -> Event:
    """Decode an OrderPaid. Raises MalformedEvent."""
    wire = event_of(record, events_pb2.OrderPaid)
    facts = {
        "payment_method": _text(wire.payment_method.removeprefix(METHOD_PREFIX)),
        "transaction_uuid": _text(wire.transaction_uuid),
    }
    return _event(record, wire, ORDER_PAID.kind, facts, clock())


def ship_assembled_from_record(record: Record, *, clock: Clock = utc_now) -> Event:
    """Decode a ShipAssembled. Raises MalformedEvent."""
    wire = event_of(record, events_pb2.ShipAssembled)
    facts = {"build_time_s": str(number_of(wire, "build_time_sec", largest=MAX_BUILD_TIME_S))}
    return _event(record, wire, SHIP_ASSEMBLED.kind, facts, clock())


DECODERS: Mapping[DeclaredEvent, Decode[Event]] = {
    ORDER_PAID: order_paid_from_record,
    SHIP_ASSEMBLED: ship_assembled_from_record,
}
"""Event to its decoder, for every event that this service reads."""


Wire = events_pb2.OrderPaid | events_pb2.ShipAssembled


def _event(record: Record, wire: Wire, kind: str, facts: Mapping[str, str], now: datetime) -> Event:
    """Build the event; the record's timestamp replaces an absent or impossible occurred_at."""
    told = (_occurred_at(wire), record.timestamp)
    return Event(
        event_uuid=uuid_of(wire, "event_uuid"),
        kind=kind,
        facts={
            "order_uuid": str(uuid_of(wire, "order_uuid")),
            "user_uuid": str(uuid_of(wire, "user_uuid")),
            **facts,
        },
        occurred_at=next((each for each in told if each and _is_sensible(each, now)), now),
    )


def _occurred_at(wire: Wire) -> datetime | None:
    if not wire.HasField("occurred_at"):
        return None
    try:
        return wire.occurred_at.ToDatetime(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _is_sensible(moment: datetime, now: datetime) -> bool:
    return EARLIEST <= moment <= now + LATEST_AHEAD


def _text(text: str) -> str:
    """Return one short line without control characters, which can be shown and stored."""
    shown = "".join(each if each.isprintable() else " " for each in text).strip()
    if not shown:
        return "-"
    return shown if len(shown) <= LONGEST_TEXT else shown[: LONGEST_TEXT - 1] + "…"
