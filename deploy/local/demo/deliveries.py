"""Reads from the notification service's table which events were sent to the chat."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Engine, bindparam, text

SENT_EVENTS = text(
    "SELECT event_uuid FROM deliveries WHERE state = 'SENT' AND event_uuid IN :events"
).bindparams(bindparam("events", expanding=True))


def sent_events(engine: Engine, events: Iterable[UUID]) -> frozenset[UUID]:
    """Return those of the events that Telegram has accepted."""
    with engine.connect() as connection:
        found = connection.execute(SENT_EVENTS, {"events": list(events)}).scalars()
        return frozenset(UUID(str(event)) for event in found)
