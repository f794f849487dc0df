"""Reads and replays the dead letters of one group in one topic."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.structs import OffsetAndMetadata

from libs.kafka.client.connection import kafka_errors, open_client
from libs.kafka.client.consumer import CONSUMER_SETTINGS, record_from_kafka
from libs.kafka.client.observing.offsets import partitions_of
from libs.kafka.client.topics import dead_letter_topic
from libs.kafka.dead_letters.replay_position import ReplayPosition
from libs.kafka.dead_letters.stored import DeadLetterId, StoredDeadLetter
from libs.kafka.publishing import Publisher

ANSWER_TIMEOUT_MS = 10_000

BATCH_SIZE = 500


class DeadLetterTopic:
    """Every call connects, reads the whole topic, and raises KafkaUnavailable."""

    def __init__(self, connection: Mapping[str, Any], topic: str, group: str) -> None:
        self._options = {**CONSUMER_SETTINGS, **connection, "group_id": f"{group}.dlq"}
        self._topic = dead_letter_topic(topic)
        self._group = group

    def read(self) -> list[StoredDeadLetter]:
        """Return the group's dead letters, replayed ones too, in the order of their ids."""
        with self._consumer() as consumer:
            positions = self._positions(consumer)
            return sorted(self._read(consumer, positions), key=lambda dead_letter: dead_letter.id)

    def replay(
        self, dead_letters: Sequence[StoredDeadLetter], publisher: Publisher
    ) -> Iterator[DeadLetterId]:
        """Send the dead letters back to their topic; yield the ids of those acknowledged.

        Every group of that topic reads them again. They are sent in batches of 500; a yielded one
        counts as replayed, so a process that dies in between repeats at most one batch. Stops
        early if no broker answers.
        """
        with self._consumer() as consumer:
            positions = self._positions(consumer)
            own: dict[int, list[int]] = {each: [] for each in positions}
            for dead_letter in self._read(consumer, positions):
                own[dead_letter.id.partition].append(dead_letter.id.offset)
            for first in range(0, len(dead_letters), BATCH_SIZE):
                batch = dead_letters[first : first + BATCH_SIZE]
                published = publisher.publish([dead_letter.replay() for dead_letter in batch])
                sent = [batch[position].id for position in published.acknowledged]
                self._remember(consumer, positions, own, sent)
                yield from sent
                if not sent and not all(each.local for each in published.failures):
                    return

    def _remember(
        self,
        consumer: KafkaConsumer,
        positions: dict[int, ReplayPosition],
        own: Mapping[int, Sequence[int]],
        replayed: Sequence[DeadLetterId],
    ) -> None:
        changed = {each.partition for each in replayed}
        for number in changed:
            offsets = [each.offset for each in replayed if each.partition == number]
            positions[number] = positions[number].after(offsets, own=sorted(own[number]))
        kept = {
            self._partition(each): OffsetAndMetadata(
                positions[each].next, positions[each].metadata, -1
            )
            for each in changed
        }
        if kept:
            consumer.commit(kept, timeout_ms=ANSWER_TIMEOUT_MS)

    @contextmanager
    def _consumer(self) -> Iterator[KafkaConsumer]:
        with kafka_errors(), closing(open_client(KafkaConsumer, self._options)) as consumer:
            partitions = sorted(partitions_of(consumer, self._topic))
            consumer.assign([self._partition(each) for each in partitions])
            yield consumer

    def _partition(self, number: int) -> TopicPartition:
        return TopicPartition(self._topic, number)

    def _positions(self, consumer: KafkaConsumer) -> dict[int, ReplayPosition]:
        positions = {}
        for each in consumer.assignment():
            kept = consumer.committed(each, metadata=True, timeout_ms=ANSWER_TIMEOUT_MS)
            positions[each.partition] = (
                ReplayPosition.parse(kept.offset, kept.metadata) if kept else ReplayPosition()
            )
        return positions

    def _read(
        self, consumer: KafkaConsumer, positions: Mapping[int, ReplayPosition]
    ) -> Iterator[StoredDeadLetter]:
        partitions = list(consumer.assignment())
        ends = consumer.end_offsets(partitions, timeout_ms=ANSWER_TIMEOUT_MS)
        consumer.seek_to_beginning(*partitions)
        while any(
            consumer.position(each, timeout_ms=ANSWER_TIMEOUT_MS) < ends[each]
            for each in partitions
        ):
            for batch in consumer.poll(timeout_ms=500).values():
                for raw in batch:
                    record = record_from_kafka(raw)
                    replayed = positions[record.partition].covers(record.offset)
                    dead_letter = StoredDeadLetter(record=record, replayed=replayed)
                    if dead_letter.about("group") == self._group:
                        yield dead_letter
