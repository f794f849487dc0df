"""Decodes protobuf messages from Kafka records, with the same error messages in every consumer."""

from typing import TypeVar
from uuid import UUID

from google.protobuf.message import DecodeError, Message

from libs.kafka.errors import MalformedEvent
from libs.kafka.types import Record

WireEvent = TypeVar("WireEvent", bound=Message)


def event_of(record: Record, kind: type[WireEvent]) -> WireEvent:
    """Decode the record's value; no header is needed. Raises MalformedEvent."""
    if record.value is None:
        raise MalformedEvent(f"{kind.DESCRIPTOR.name}: the record has no value")
    try:
        return kind.FromString(record.value)
    except DecodeError as error:
        raise MalformedEvent(f"{kind.DESCRIPTOR.name}: {error}") from error


def uuid_of(event: Message, field: str) -> UUID:
    """Read a field that must be a UUID. Raises MalformedEvent."""
    text = getattr(event, field)
    try:
        return UUID(text)
    except ValueError as error:
        name = event.DESCRIPTOR.name
        raise MalformedEvent(f"{name}: {field} is not a uuid: {text[:80]!r}") from error


def number_of(event: Message, field: str, *, largest: int) -> int:
    """Read a field that must be 0 to largest. Raises MalformedEvent."""
    number: int = getattr(event, field)
    if not 0 <= number <= largest:
        raise MalformedEvent(f"{event.DESCRIPTOR.name}: {field} {number} is not in 0..{largest}")
    return number
