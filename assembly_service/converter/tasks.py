"""The Celery task: its queue, its name and its JSON arguments."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from assembly_service.model.ship import Ship
from libs.errors import InvalidInput

QUEUE = "assembly"

PUBLISH_SHIPS_TASK = "assembly.publish_ship_assembled"


class MalformedShips(InvalidInput):
    """The task's arguments are not ships."""


def ships_to_task(ships: Sequence[Ship]) -> dict[str, Any]:
    return {
        "ships": [
            {
                "paid_event_uuid": str(ship.paid_event_uuid),
                "order_uuid": str(ship.order_uuid),
                "user_uuid": str(ship.user_uuid),
                "build_time_s": ship.build_time_s,
                "traceparent": ship.traceparent,
            }
            for ship in ships
        ]
    }


def ships_from_task(ships: list[dict[str, Any]]) -> list[Ship]:
    """Read the arguments back. Raises MalformedShips."""
    try:
        return [_ship(ship) for ship in ships]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise MalformedShips(f"not ships: {error!r}") from error


def _ship(ship: dict[str, Any]) -> Ship:
    return Ship(
        paid_event_uuid=UUID(ship["paid_event_uuid"]),
        order_uuid=UUID(ship["order_uuid"]),
        user_uuid=UUID(ship["user_uuid"]),
        build_time_s=int(ship["build_time_s"]),
        traceparent=ship.get("traceparent"),
    )
