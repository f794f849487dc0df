"""Reads for the metrics how far every group is, and how many dead letters there are."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from kafka import KafkaAdminClient
from kafka.admin import OffsetSpec
from kafka.errors import KafkaError

from libs.clock import Clock
from libs.kafka.client.connection import kafka_errors, open_client
from libs.kafka.client.observing.offsets import Offsets, committed_in, offsets_in, partitions_in
from libs.kafka.client.topics import ADMIN_SETTINGS, dead_letter_topic
from libs.kafka.types import TopicPartition
from libs.metrics.declared.kafka import COMMITTED, DEAD_LETTER_RECORDS, LAG, LAST_COMMIT
from libs.metrics.stores import Sample


class GroupGauges:
    """Keeps its connection between two looks. For one thread at a time."""

    def __init__(
        self, connection: Mapping[str, Any], topics: Sequence[str], *, clock: Clock
    ) -> None:
        self._options = {**ADMIN_SETTINGS, **connection}
        self._topics = topics
        self._clock = clock
        self._admin: KafkaAdminClient | None = None
        self._committed: dict[str, Offsets] | None = None
        self._moved_at: dict[tuple[str, TopicPartition], float] = {}

    def __call__(self) -> Sequence[Sample]:
        """Look once. Raises KafkaUnavailable; the next look connects again."""
        with kafka_errors():
            try:
                return list(self._look())
            except KafkaError:
                self._disconnect()
                raise

    def _look(self) -> Iterator[Sample]:
        if self._admin is None:
            self._admin = open_client(KafkaAdminClient, self._options)
        # Committed offsets first: read after the ends, new commits could exceed them.
        committed = committed_in(self._admin)
        names = [*self._topics, *map(dead_letter_topic, self._topics)]
        partitions = partitions_in(self._admin, names)
        begins = offsets_in(self._admin, partitions, OffsetSpec.EARLIEST)
        ends = offsets_in(self._admin, partitions, OffsetSpec.LATEST)
        self._note_moves(committed)
        yield from self._of_groups(committed, begins, ends)
        yield from self._of_dead_letters(begins, ends)

    def _of_groups(
        self, committed: Mapping[str, Offsets], begins: Offsets, ends: Offsets
    ) -> Iterator[Sample]:
        for group, offsets in committed.items():
            topics = {each.topic for each in offsets} & set(self._topics)
            for place, end in ends.items():
                if place.topic not in topics:
                    continue
                labels = (group, place.topic, str(place.partition))
                at = offsets.get(place, begins[place])
                yield Sample(COMMITTED, at, labels)
                yield Sample(LAG, max(0, end - max(at, begins[place])), labels)
                if moved_at := self._moved_at.get((group, place)):
                    yield Sample(LAST_COMMIT, moved_at, labels)

    def _of_dead_letters(self, begins: Offsets, ends: Offsets) -> Iterator[Sample]:
        for topic in self._topics:
            stored = [
                end - begins[place]
                for place, end in ends.items()
                if place.topic == dead_letter_topic(topic)
            ]
            if stored:
                yield Sample(DEAD_LETTER_RECORDS, sum(stored), (topic,))

    def _note_moves(self, committed: dict[str, Offsets]) -> None:
        """Note what moved since the last look; the first one cannot tell when it was committed."""
        known, self._committed = self._committed, committed
        if known is None:
            return
        now = self._clock().timestamp()
        for group, offsets in committed.items():
            before = known.get(group, {})
            for place, at in offsets.items():
                if before.get(place) != at:
                    self._moved_at[group, place] = now

    def _disconnect(self) -> None:
        admin, self._admin = self._admin, None
        if admin is not None:
            with suppress(KafkaError):
                admin.close()
