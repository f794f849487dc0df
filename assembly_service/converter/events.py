"""OrderPaid from a Kafka record, whoever produced it."""

from uuid import UUID

from google.protobuf.message import DecodeError

from assembly_service.model.order_paid import OrderPaid
from libs.contracts.events.v1 import events_pb2
from libs.kafka.bridge.batch_log import trace_of
from libs.kafka.errors import MalformedEvent
from libs.kafka.types import Record


def order_paid_from_record(record: Record) -> OrderPaid:
    """Decode the record's value; needs no header. Raises MalformedEvent."""
    if record.value is None:
        raise MalformedEvent("OrderPaid: the record has no value")
    try:
        wire = events_pb2.OrderPaid.FromString(record.value)
    except DecodeError as error:
        raise MalformedEvent(f"OrderPaid: {error}") from error
    return OrderPaid(
        event_uuid=_uuid("event_uuid", wire.event_uuid),
        order_uuid=_uuid("order_uuid", wire.order_uuid),
        user_uuid=_uuid("user_uuid", wire.user_uuid),
        recorded_at=record.timestamp,
        traceparent=trace_of(record.headers),
    )


def _uuid(field: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise MalformedEvent(f"OrderPaid: {field} is not a uuid: {text[:80]!r}") from error
