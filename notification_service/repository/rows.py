"""Converts deliveries from and to database rows."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row

from notification_service.model.delivery import Delivery
from notification_service.model.event import Event, EventKey
from notification_service.model.settlement import Settlement

LONGEST_ERROR = 500


def events_to_json(events: Sequence[Event]) -> str:
    return json.dumps([_event_to_row(event) for event in events])


def _event_to_row(event: Event) -> dict[str, object]:
    return {
        "event_uuid": str(event.event_uuid),
        "kind": event.kind,
        "facts": dict(event.facts),
        "occurred_at": event.occurred_at.isoformat(),
    }


def keys_to_columns(keys: Collection[EventKey]) -> dict[str, list[object]]:
    return {
        "kinds": [key.kind for key in keys],
        "order_uuids": [key.order_uuid for key in keys],
        "event_uuids": [key.event_uuid for key in keys],
    }


def key_from_row(row: Row[Any]) -> EventKey:
    return EventKey(row.kind, row.order_uuid, row.event_uuid)


def delivery_from_row(row: Mapping[Any, Any]) -> Delivery:
    return Delivery(
        event=Event(
            event_uuid=row["event_uuid"],
            kind=row["kind"],
            facts=row["facts"],
            occurred_at=row["occurred_at"],
        ),
        chat_id=row["chat_id"],
        refusals=row["attempts"],
        put_offs=row["put_offs"],
        alone=row["alone"],
    )


def settlement_to_row(settlement: Settlement) -> dict[str, object]:
    return {
        **asdict(settlement),
        "state": settlement.state.value,
        "error": settlement.error and settlement.error[:LONGEST_ERROR],
    }
