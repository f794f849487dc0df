"""Events on the wire: protobuf, package events.v1."""

from uuid import UUID

from google.protobuf.message import DecodeError
from google.protobuf.timestamp_pb2 import Timestamp

from libs.contracts.events.v1 import events_pb2
from libs.kafka.errors import MalformedEvent
from order_service.model.events import OrderPaid, ShipAssembled

ORDER_PAID_TYPE = "events.v1.OrderPaid"

LONGEST_BUILD_TIME_S = 86400


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


def ship_assembled_from_proto(raw: bytes) -> ShipAssembled:
    """Read an event; when it happened is nothing to this service. Raises MalformedEvent."""
    try:
        wire = events_pb2.ShipAssembled.FromString(raw)
        return ShipAssembled(
            event_uuid=UUID(wire.event_uuid),
            order_uuid=UUID(wire.order_uuid),
            user_uuid=UUID(wire.user_uuid),
            build_time_s=_build_time_s(wire.build_time_sec),
        )
    except (DecodeError, ValueError) as error:
        raise MalformedEvent(f"ShipAssembled: {error}") from error


def _build_time_s(seconds: int) -> int:
    if not 0 <= seconds <= LONGEST_BUILD_TIME_S:
        raise ValueError(f"build_time_sec is {seconds}, not within 0..{LONGEST_BUILD_TIME_S}")
    return seconds
