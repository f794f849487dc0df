"""Finds the partition of a producer's records, and asks the brokers about unknown topics."""

import contextlib
import time
from collections.abc import Collection
from functools import lru_cache
from math import inf
from threading import Event, Lock

from kafka import TopicPartition as KafkaTopicPartition
from kafka.cluster import ClusterMetadata
from kafka.errors import (
    BrokerResponseError,
    KafkaTimeoutError,
    LeaderNotAvailableError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)
from kafka.partitioner import murmur2
from kafka.producer.sender import Sender

from libs.kafka.types import OutgoingRecord, TopicPartition
from libs.resilience.monotonic import MonotonicClock

ANSWER_TIMEOUT_S = 5.0

ASKED_AGAIN_AFTER_S = 1.0

NO_LEADER = (None, -1)

POSITIVE = 0x7FFFFFFF


class Routing:
    """Fails records at once that cannot be delivered, so that other records do not wait.

    By itself the client waits max_block_ms for a topic that does not exist, and the delivery
    timeout for a partition without a leader.
    """

    def __init__(
        self, cluster: ClusterMetadata, sender: Sender, monotonic: MonotonicClock = time.monotonic
    ) -> None:
        self._cluster = cluster
        self._sender = sender
        self._monotonic = monotonic
        self._asking = Lock()
        self._asked_at: dict[str, float] = {}
        self._absent: set[str] = set()

    def partition_of(self, record: OutgoingRecord) -> TopicPartition | None:
        """Return the record's partition; None if it has no key or its topic is unknown."""
        partitions = sorted(self._cluster.partitions_for_topic(record.topic) or ())
        if record.key is None or not partitions:
            return None
        return TopicPartition(record.topic, partitions[_hash(record.key) % len(partitions)])

    def learn(self, records: Collection[OutgoingRecord]) -> Collection[str]:
        """Return the topics that every record reaches, and ask for all partitions that are unknown.

        Asks the brokers in one request, and blocks for 5 s if none answers. Leaves out topics that
        were asked for within the last second. One thread asks and the others wait: two requests at
        once would share an answer.
        """
        reached = {topic for topic in {record.topic for record in records} if self._is_led(topic)}
        unknown = {
            record.topic
            for record in records
            if record.topic not in reached and self._is_unknown(record)
        }
        if unknown:
            self._learn(unknown)
        return reached

    def _learn(self, unknown: Collection[str]) -> None:
        with self._asking:
            due = {topic for topic in unknown if self._is_due(topic)}
            if due:
                is_answered = self._ask(due)
                self._asked_at.update(dict.fromkeys(due, self._monotonic()))
                self._forget(due if is_answered else set())

    def ensure_reachable(self, record: OutgoingRecord) -> None:
        """Raise a KafkaError if the record is known to be undeliverable."""
        topic = record.topic
        if topic in self._cluster.unauthorized_topics:
            raise TopicAuthorizationFailedError(topic)
        if not self._cluster.partitions_for_topic(topic):
            if topic in self._absent:
                raise UnknownTopicOrPartitionError(f"topic {topic} does not exist")
            raise KafkaTimeoutError(f"no broker says where topic {topic} is")
        if leaderless := self._leaderless(record):
            raise LeaderNotAvailableError(f"{topic}/{leaderless.partition} has no leader")

    def _is_led(self, topic: str) -> bool:
        """Return True if every partition has a leader: then no record needs its hash for that."""
        partitions = self._cluster.partitions_for_topic(topic) or ()
        return (
            bool(partitions)
            and topic not in self._cluster.unauthorized_topics
            and all(self._leader_of(topic, each) not in NO_LEADER for each in partitions)
        )

    def _leader_of(self, topic: str, partition: int) -> int | None:
        leader: int | None = self._cluster.leader_for_partition(
            KafkaTopicPartition(topic, partition)
        )
        return leader

    def _is_due(self, topic: str) -> bool:
        return self._monotonic() - self._asked_at.get(topic, -inf) >= ASKED_AGAIN_AFTER_S

    def _is_unknown(self, record: OutgoingRecord) -> bool:
        is_known = bool(self._cluster.partitions_for_topic(record.topic))
        return not is_known or self._leaderless(record) is not None

    def _leaderless(self, record: OutgoingRecord) -> TopicPartition | None:
        partition = self.partition_of(record)
        if partition is None:
            return None
        return partition if self._leader_of(*partition) in NO_LEADER else None

    def _ask(self, topics: set[str]) -> bool:
        """Return whether a broker has answered a request that names these topics."""
        for topic in topics:
            with contextlib.suppress(ValueError):  # no valid name of a topic
                self._sender.add_topic(topic)
        deadline = self._monotonic() + ANSWER_TIMEOUT_S
        while self._monotonic() < deadline:
            is_asked = not self._sender._topics_to_add  # noqa: SLF001
            if self._is_answered(deadline) and is_asked:
                return True
        return False

    def _is_answered(self, deadline: float) -> bool:
        done = Event()
        answer = self._cluster.request_update()
        answer.add_both(lambda _: done.set())
        self._sender.wakeup()
        done.wait(max(0.0, deadline - self._monotonic()))
        return bool(answer.succeeded() or isinstance(answer.exception, BrokerResponseError))

    def _forget(self, topics: set[str]) -> None:
        """Stop asking for topics that do not exist; the client would ask ten times a second."""
        absent = {topic for topic in topics if not self._cluster.partitions_for_topic(topic)}
        self._absent = (self._absent - topics) | absent
        # A new set, because the client's threads may be iterating over this one.
        self._cluster._topics = self._cluster._topics - absent  # noqa: SLF001


@lru_cache(maxsize=4096)
def _hash(key: bytes) -> int:
    """Return Kafka's hash of a key. Cached: it is needed several times for each record."""
    return int(murmur2(key) & POSITIVE)
