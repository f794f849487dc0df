"""The Celery tasks: their queue, their names and their JSON arguments."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.errors import InvalidInput
from order_service.model.events import BuiltShip, EventRecord, ShipAssembled

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
            {
                "order_uuid": str(event.order_uuid),
                "build_time_s": event.build_time_s,
                "record": [*event.record[:2], event.record.at.isoformat()],
            }
            for event in events
        ]
    }


def ships_from_task(events: list[dict[str, Any]]) -> dict[UUID, BuiltShip]:
    """Return each order's ship; the first of several counts. Raises MalformedEvents.

    The record is missing in a task that an older consumer queued.
    """
    ships: dict[UUID, BuiltShip] = {}
    try:
        for event in events:
            ship = BuiltShip(int(event["build_time_s"]), _record(event.get("record")))
            ships.setdefault(UUID(event["order_uuid"]), ship)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise MalformedEvents(f"not assembled orders: {error!r}") from error
    return ships


def _record(fields: list[Any] | None) -> EventRecord | None:
    if fields is None:
        return None
    partition, offset, at = fields
    return EventRecord(int(partition), int(offset), datetime.fromisoformat(at))
