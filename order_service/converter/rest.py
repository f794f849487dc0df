"""Orders as JSON of the REST API."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from order_service.model.order import Order
from order_service.model.part import Part
from order_service.model.payment_method import PaymentMethod
from order_service.service.orders.list_orders import OrderPage
from order_service.service.orders.list_parts import PartList
from order_service.service.orders.ports import PagePosition
from order_service.service.orders.show_timeline import ToldTimeline

DELIVERIES = "deliveries"

METHOD_PREFIX = "PAYMENT_METHOD_"

METHOD_TEXTS = tuple(
    f"{prefix}{method}" for prefix in ("", METHOD_PREFIX) for method in PaymentMethod
)
"""Accepted input; output always uses the short form."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MICROSECOND = timedelta(microseconds=1)

MOMENT_DIGITS, UUID_DIGITS = 14, 32
"""Hexadecimal digits; fourteen of them hold microseconds up to the year 4253."""

CURSOR_PATTERN = f"^[0-9a-f]{{{MOMENT_DIGITS + UUID_DIGITS}}}$"


def payment_method_from_text(text: str) -> PaymentMethod:
    """Read the short or the long form. Raises ValueError."""
    return PaymentMethod(text.removeprefix(METHOD_PREFIX))


def created_to_json(order: Order) -> dict[str, Any]:
    return {"order_uuid": str(order.order_uuid), "total_price": float(order.total_price)}


def order_to_json(order: Order) -> dict[str, Any]:
    """Return a flat object; fields that are not known yet are absent."""
    shown = {
        **created_to_json(order),
        "user_uuid": str(order.user_uuid),
        "part_uuids": [str(part) for part in order.part_uuids],
        "status": order.status.value,
    }
    if order.transaction_uuid is not None:
        shown["transaction_uuid"] = str(order.transaction_uuid)
    if order.payment_method is not None:
        shown["payment_method"] = order.payment_method.value
    return shown


def timeline_to_json(told: ToldTimeline) -> dict[str, Any]:
    """Leave out why Kafka refused an event: the text is not for customers."""
    timeline = told.timeline
    shown: dict[str, Any] = {
        "order_uuid": str(timeline.order.order_uuid),
        "status": timeline.order.status.value,
        "since": timeline.since.isoformat(),
    }
    if timeline.waits_for is not None:
        shown["waits_for"] = timeline.waits_for.value
    steps = [
        {
            "step": str(step.name),
            "at": step.at.isoformat(),
            "found_in": step.found_in,
            **step.details,
        }
        for step in told.steps()
    ]
    if told.deliveries is None:
        shown["unknown"] = [DELIVERIES]
    return {**shown, "steps": steps}


def parts_to_json(listed: PartList) -> dict[str, Any]:
    return {"parts": [_part_to_json(part) for part in listed.parts], "total": listed.total}


def _part_to_json(part: Part) -> dict[str, Any]:
    return {
        "part_uuid": str(part.part_uuid),
        "name": part.name,
        "description": part.description,
        "price": float(part.price),
        "stock_quantity": part.stock_quantity,
        "category": part.category,
        "manufacturer_country": part.manufacturer_country,
        "tags": list(part.tags),
    }


def page_to_json(page: OrderPage) -> dict[str, Any]:
    shown: dict[str, Any] = {"orders": [order_to_json(order) for order in page.orders]}
    if page.next_position is not None:
        shown["next_cursor"] = cursor_to_text(page.next_position)
    return shown


def cursor_to_text(position: PagePosition) -> str:
    """Write hexadecimal digits; unlike base64 they never spell a word."""
    moment = (position.created_at - EPOCH) // MICROSECOND
    return f"{moment:0{MOMENT_DIGITS}x}{position.order_uuid.hex}"


def cursor_from_text(text: str) -> PagePosition:
    """Read any text that matches CURSOR_PATTERN."""
    return PagePosition(
        created_at=EPOCH + int(text[:MOMENT_DIGITS], 16) * MICROSECOND,
        order_uuid=UUID(hex=text[MOMENT_DIGITS:]),
    )
