"""What the chats hear about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class EventKind(StrEnum):
    """Names the templates of the event, too."""

    PAID = "paid"
    ASSEMBLED = "assembled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to an order; a repeat carries the same event_uuid."""

    event_uuid: UUID
    kind: EventKind
    facts: Mapping[str, str]
    occurred_at: datetime
