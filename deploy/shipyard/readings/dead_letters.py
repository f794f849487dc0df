"""Counts the dead letters that wait for a decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deploy.shipyard.servers import Reader
from libs.kafka.client.observing.offsets import committed_offsets, end_offsets
from libs.kafka.client.topics import dead_letter_topic
from libs.kafka.dead_letters.topic import DeadLetterTopic
from libs.kafka.types import TopicPartition


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """The dead letters of one service in one topic that were not replayed."""

    service: str
    topic: str
    number: int
    newest: datetime


class DeadLetterCount:
    """Reads the dead letters only if there are new ones, or some were replayed."""

    def __init__(self, connection: Mapping[str, Any], readers: Sequence[Reader]) -> None:
        self._connection = connection
        self._readers = readers
        self._state: object = None
        self._pending: list[Pending] = []

    def __call__(self) -> list[Pending]:
        """Look once. Raises KafkaUnavailable."""
        state = self._look()
        if state != self._state:
            self._pending = [found for each in self._readers if (found := self._of(each))]
            self._state = state
        return self._pending

    def _look(self) -> tuple[Mapping[TopicPartition, int], Mapping[str, Any]]:
        topics = {dead_letter_topic(each.topic) for each in self._readers}
        committed = committed_offsets(self._connection)
        replayed = {
            group: {place: at for place, at in places.items() if place.topic in topics}
            for group, places in committed.items()
        }
        return end_offsets(self._connection, sorted(topics)), replayed

    def _of(self, reader: Reader) -> Pending | None:
        letters = DeadLetterTopic(self._connection, reader.topic, reader.group).read()
        pending = [each.record.timestamp for each in letters if not each.replayed]
        if not pending:
            return None
        return Pending(
            service=reader.service,
            topic=dead_letter_topic(reader.topic),
            number=len(pending),
            newest=max(pending),
        )
