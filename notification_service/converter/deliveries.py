"""Deliveries on the wire."""

from collections.abc import Sequence
from uuid import UUID

from libs.contracts.notification.v1 import notification_pb2 as wire
from libs.errors import InvalidInput
from libs.grpc.fields import uuid_from_text
from notification_service.model.delivery import DeliverySeen

MAX_ORDERS = 100
"""Most orders of one call."""


def order_uuids_from_proto(request: wire.ListDeliveriesRequest) -> Sequence[UUID]:
    """Read the ids. Raises InvalidInput for an invalid one, or for more than MAX_ORDERS."""
    if len(request.order_uuids) > MAX_ORDERS:
        raise InvalidInput(f"order_uuids: {len(request.order_uuids)} are more than {MAX_ORDERS}")
    return [uuid_from_text("order_uuids", text) for text in request.order_uuids]


def delivery_to_proto(seen: DeliverySeen) -> wire.Delivery:
    """Leave out the chat, the message and what Telegram said: these are for operators."""
    return wire.Delivery(
        order_uuid=str(seen.order_uuid),
        event_uuid=str(seen.event_uuid),
        kind=seen.kind,
        state=f"DELIVERY_STATE_{seen.state}",
        attempts=seen.attempts,
        created_at=seen.created_at,
        sent_at=seen.sent_at,
        waits_for=seen.waits_for,
        until=seen.until,
    )
