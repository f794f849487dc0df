"""Deliveries on the wire: protobuf, package notification.v1."""

from collections.abc import Iterable, Sequence
from datetime import UTC
from uuid import UUID

from libs.contracts.notification.v1 import notification_pb2 as wire
from order_service.model.delivery import Delivery, DeliveryState

STATE_PREFIX = "DELIVERY_STATE_"


def list_deliveries_request(order_uuids: Iterable[UUID]) -> wire.ListDeliveriesRequest:
    return wire.ListDeliveriesRequest(order_uuids=map(str, order_uuids))


def deliveries_from_proto(deliveries: Iterable[wire.Delivery]) -> Sequence[Delivery]:
    """Read the deliveries. Raises ValueError if a uuid or a state is invalid."""
    return [_delivery(each) for each in deliveries]


def _delivery(seen: wire.Delivery) -> Delivery:
    return Delivery(
        order_uuid=UUID(seen.order_uuid),
        kind=seen.kind,
        state=DeliveryState(wire.DeliveryState.Name(seen.state).removeprefix(STATE_PREFIX)),
        attempts=seen.attempts,
        created_at=seen.created_at.ToDatetime(UTC),
        sent_at=seen.sent_at.ToDatetime(UTC) if seen.HasField("sent_at") else None,
        waits_for=seen.waits_for if seen.HasField("waits_for") else None,
        until=seen.until.ToDatetime(UTC) if seen.HasField("until") else None,
    )
