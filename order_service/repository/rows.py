"""Converts orders, claims and events from and to database rows."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping

from libs.contracts.events.declared import DeclaredEvent
from order_service.model.claim import Claim
from order_service.model.events import Announcement
from order_service.model.order import Order, OrderStatus
from order_service.model.payment_method import PaymentMethod


def order_from_row(row: RowMapping) -> Order:
    method = row["payment_method"]
    return Order(
        order_uuid=row["order_uuid"],
        user_uuid=row["user_uuid"],
        part_uuids=tuple(row["part_uuids"]),
        total_price=row["total_price"],
        created_at=row["created_at"],
        status=OrderStatus(row["status"]),
        claim=None if row["claim_id"] is None else claim_from_row(row),
        payment_method=None if method is None else PaymentMethod(method),
        transaction_uuid=row["transaction_uuid"],
        paid_at=row["paid_at"],
        assembled_at=row["assembled_at"],
        build_time_s=row["build_time_s"],
    )


def order_to_row(order: Order) -> dict[str, Any]:
    """Return the row of a new order, which is neither claimed nor paid."""
    return {
        "order_uuid": order.order_uuid,
        "user_uuid": order.user_uuid,
        "part_uuids": list(order.part_uuids),
        "total_price": order.total_price,
        "status": order.status.value,
        "created_at": order.created_at,
        "updated_at": order.created_at,
    }


def claim_from_row(row: RowMapping, *, may_be_charged: bool = True) -> Claim:
    return Claim(
        claim_id=row["claim_id"],
        order_uuid=row["order_uuid"],
        user_uuid=row["user_uuid"],
        method=PaymentMethod(row["claimed_method"]),
        paying_since=row["paying_since"],
        may_be_charged=may_be_charged,
        doubt=row["doubt"],
    )


def announcement_to_row(
    event: Announcement, payload: bytes, *, declared: DeclaredEvent, topic: str, trace: str | None
) -> dict[str, Any]:
    """Return the values of the statement that queues the event."""
    headers: Mapping[str, str] = {"event-type": declared.type_name}
    return {
        "queued_event_uuid": event.event_uuid,
        "queued_topic": topic,
        "queued_key": str(event.order_uuid),
        "queued_payload": payload,
        "queued_headers": {**headers, "traceparent": trace} if trace else headers,
    }
