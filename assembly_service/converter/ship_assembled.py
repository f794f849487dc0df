"""ShipAssembled to a Kafka record."""

from assembly_service.model.ship import ShipAssembled
from libs.contracts.events.v1 import events_pb2
from libs.kafka.types import Headers, OutgoingRecord

EVENT_TYPE = events_pb2.ShipAssembled.DESCRIPTOR.full_name.encode()


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
    event_type = ("event-type", EVENT_TYPE)
    if event.traceparent is None:
        return (event_type,)
    return event_type, ("traceparent", event.traceparent.encode())
