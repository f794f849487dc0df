"""The types of records and events, independent of any client library."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeVar

Headers = tuple[tuple[str, bytes], ...]

Event = TypeVar("Event")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as the broker stores it. A null value is None; the timestamp is aware UTC."""

    topic: str
    partition: int
    offset: int
    timestamp: datetime
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingRecord:
    """A record to send. Without a timestamp the client uses its own clock."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    timestamp: datetime | None = None


class TopicPartition(NamedTuple):
    topic: str
    partition: int


class StoredAt(NamedTuple):
    """Where in its topic the broker stored a record."""

    partition: int
    offset: int


Decode = Callable[[Record], Event]
"""Turns a record into an event of the service; raises MalformedEvent."""

HandOff = Callable[[Sequence[Event]], None]
"""Stores a batch of events elsewhere. If it raises Unavailable it gets the same batch again, so it
must survive repeats."""
