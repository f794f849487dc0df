"""The Celery tasks: their queue, their names and their JSON arguments."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from libs.errors import InvalidInput
from order_service.model.events import ShipAssembled

QUEUE = "order"

MARK_ASSEMBLED_TASK = "orders.mark_assembled"

REDRIVE_TASK = "orders.redrive"
RECONCILE_TASK = "orders.reconcile"
CLEAN_UP_TASK = "orders.clean_up"
FORGET_KEYS_TASK = "orders.forget_keys"


class MalformedEvents(InvalidInput):
    """The task's arguments are not assembled orders."""


def events_to_task(events: Sequence[ShipAssembled]) -> dict[str, Any]:
    return {
        "events": [
            {"order_uuid": str(event.order_uuid), "build_time_s": event.build_time_s}
            for event in events
        ]
    }


def build_times_from_task(events: list[dict[str, Any]]) -> dict[UUID, int]:
    """Return each order's build time; the first of several counts. Raises MalformedEvents."""
    build_times_s: dict[UUID, int] = {}
    try:
        for event in events:
            build_times_s.setdefault(UUID(event["order_uuid"]), int(event["build_time_s"]))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise MalformedEvents(f"not assembled orders: {error!r}") from error
    return build_times_s
