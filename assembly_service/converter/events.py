"""Events from and to Kafka records."""

from assembly_service.model.order_paid import OrderPaid
from assembly_service.model.ship import ShipAssembled
from libs.contracts.events.declared import SHIP_ASSEMBLED
from libs.contracts.events.v1 import events_pb2
from libs.kafka.protobuf import event_of, uuid_of
from libs.kafka.trace import TRACE_HEADER, trace_of
from libs.kafka.types import Headers, OutgoingRecord, Record


def order_paid_from_record(record: Record) -> OrderPaid:
    """Decode an OrderPaid from any producer. Raises MalformedEvent."""
    wire = event_of(record, events_pb2.OrderPaid)
    return OrderPaid(
        event_uuid=uuid_of(wire, "event_uuid"),
        order_uuid=uuid_of(wire, "order_uuid"),
        user_uuid=uuid_of(wire, "user_uuid"),
        recorded_at=record.timestamp,
        traceparent=trace_of(record.headers),
    )


def ship_assembled_to_record(event: ShipAssembled, *, topic: str) -> OutgoingRecord:
    wire = events_pb2.ShipAssembled(
        event_uuid=str(event.event_uuid),
        order_uuid=str(event.order_uuid),
        user_uuid=str(event.user_uuid),
        build_time_sec=event.build_time_s,
    )
    wire.occurred_at.FromDatetime(event.occurred_at)
    return OutgoingRecord(
        topic=topic,
        key=str(event.order_uuid).encode(),
        value=wire.SerializeToString(deterministic=True),
        headers=_headers(event),
    )


def _headers(event: ShipAssembled) -> Headers:
    event_type = ("event-type", SHIP_ASSEMBLED.type_name.encode())
    if event.traceparent is None:
        return (event_type,)
    return event_type, (TRACE_HEADER, event.traceparent.encode())
