"""Tells when each group last committed, which Kafka keeps in a topic of its own."""

import struct
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from libs.kafka.client.observing.tail import tail
from libs.kafka.errors import TopicMissing
from libs.kafka.types import TopicPartition

COMMITS_TOPIC = "__consumer_offsets"

OFFSET_COMMIT_VERSIONS = (0, 1)
"""Versions of a key that says which group committed where; other keys describe groups."""

RECENT_COMMITS = 500
"""Commits read from each partition of that topic."""


class Place(NamedTuple):
    """A group at a partition of a topic."""

    group: str
    partition: TopicPartition


def last_commits(connection: Mapping[str, Any]) -> dict[Place, datetime]:
    """Return the time of the last commit at each place, if it is among the recent ones.

    Raises KafkaUnavailable, also if this user may not read the topic.
    """
    found: dict[Place, datetime] = {}
    try:
        for record in tail(connection, [COMMITS_TOPIC], last=RECENT_COMMITS):
            place = place_of(record.key or b"")
            if place is not None and record.value is not None:
                found[place] = max(record.timestamp, found.get(place, record.timestamp))
    except TopicMissing:  # no group has committed yet
        return {}
    return found


def place_of(key: bytes) -> Place | None:
    """Read the key of a commit: a version, the group, the topic, the partition."""
    try:
        (version,) = struct.unpack_from(">h", key)
        if version not in OFFSET_COMMIT_VERSIONS:
            return None
        group, at = _text(key, 2)
        topic, at = _text(key, at)
        (partition,) = struct.unpack_from(">i", key, at)
    except (struct.error, UnicodeDecodeError):
        return None
    return Place(group, TopicPartition(topic, partition))


def _text(raw: bytes, at: int) -> tuple[str, int]:
    """Read a text with its length before it; return it and where it ends."""
    (length,) = struct.unpack_from(">h", raw, at)
    end = at + 2 + length
    return raw[at + 2 : end].decode(), end
