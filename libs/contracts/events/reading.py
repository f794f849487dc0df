"""Reads events from Kafka records: every consumer refuses the same record in the same words."""

from typing import TypeVar
from uuid import UUID

from google.protobuf.message import DecodeError, Message

from libs.contracts.events.v1.events_pb2 import ShipAssembled
from libs.kafka.errors import MalformedEvent
from libs.kafka.types import Record

LONGEST_BUILD_TIME_S = 86_400

WireEvent = TypeVar("WireEvent", bound=Message)


def event_of(record: Record, kind: type[WireEvent]) -> WireEvent:
    """Decode the record's value; needs no header. Raises MalformedEvent."""
    if record.value is None:
        raise MalformedEvent(f"{kind.DESCRIPTOR.name}: the record has no value")
    try:
        return kind.FromString(record.value)
    except DecodeError as error:
        raise MalformedEvent(f"{kind.DESCRIPTOR.name}: {error}") from error


def uuid_of(event: Message, field: str) -> UUID:
    """Read a field that must hold a uuid. Raises MalformedEvent."""
    text = getattr(event, field)
    try:
        return UUID(text)
    except ValueError as error:
        name = event.DESCRIPTOR.name
        raise MalformedEvent(f"{name}: {field} is not a uuid: {text[:80]!r}") from error


def build_time_s_of(event: ShipAssembled) -> int:
    """Read the seconds that the ship took. Raises MalformedEvent if they are impossible."""
    seconds = event.build_time_sec
    if not 0 <= seconds <= LONGEST_BUILD_TIME_S:
        raise MalformedEvent(
            f"ShipAssembled: build_time_sec {seconds} is not in 0..{LONGEST_BUILD_TIME_S}"
        )
    return seconds
