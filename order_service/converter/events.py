"""Events on the wire: protobuf, package events.v1."""

from google.protobuf.timestamp_pb2 import Timestamp

from libs.contracts.events.limits import MAX_BUILD_TIME_S
from libs.contracts.events.v1 import events_pb2
from libs.kafka.protobuf import event_of, number_of, uuid_of
from libs.kafka.types import Record
from order_service.model.events import EventRecord, OrderPaid, ShipAssembled


def order_paid_to_proto(event: OrderPaid) -> bytes:
    occurred_at = Timestamp()
    occurred_at.FromDatetime(event.occurred_at)
    wire = events_pb2.OrderPaid(
        event_uuid=str(event.event_uuid),
        order_uuid=str(event.order_uuid),
        user_uuid=str(event.user_uuid),
        payment_method=event.payment_method.value,
        transaction_uuid=str(event.transaction_uuid),
        occurred_at=occurred_at,
    )
    return wire.SerializeToString()


def ship_assembled_from_record(record: Record) -> ShipAssembled:
    """Decode a ShipAssembled from any producer. Raises MalformedEvent.

    Its time is the record's: a foreign producer may leave out the event's own.
    """
    wire = event_of(record, events_pb2.ShipAssembled)
    return ShipAssembled(
        event_uuid=uuid_of(wire, "event_uuid"),
        order_uuid=uuid_of(wire, "order_uuid"),
        user_uuid=uuid_of(wire, "user_uuid"),
        build_time_s=number_of(wire, "build_time_sec", largest=MAX_BUILD_TIME_S),
        record=EventRecord(record.partition, record.offset, record.timestamp),
    )
