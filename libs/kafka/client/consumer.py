"""The consumer on a real broker."""

import contextlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from threading import Lock, Thread
from typing import Any
from uuid import UUID

import structlog
from kafka import ConsumerRebalanceListener, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError
from kafka.structs import MemberState, OffsetAndMetadata

from libs.kafka.client.connection import kafka_errors
from libs.kafka.client.workarounds.empty_polls import open_pausing_consumer
from libs.kafka.client.workarounds.headers import read_headers_leniently
from libs.kafka.client.workarounds.undecodable import name_unreadable_batches
from libs.kafka.consuming import CommitFailed, Consumer, Offsets, Polled, PollFailed
from libs.kafka.errors import KafkaUnavailable
from libs.kafka.types import Record

CONSUMER_SETTINGS = {
    "enable_auto_commit": False,
    "auto_offset_reset": "earliest",
    "allow_auto_create_topics": False,
    # Skips records of aborted transactions, also for the end of a partition.
    "isolation_level": "read_committed",
    "session_timeout_ms": 6_000,
    "heartbeat_interval_ms": 1_500,
    "max_poll_records": 500,
    # A fetch is answered as soon as there is a record. Only an idle one waits so long; the broker
    # and this client then have a fourth of the work of the default. A new partition waits for it.
    "fetch_max_wait_ms": 2_000,
    # Also the time a rebalance waits for a member that sends heartbeats but does not poll.
    "max_poll_interval_ms": 60_000,
    "bootstrap_timeout_ms": 5_000,
    "request_timeout_ms": 5_000,
    # By default a consumer stays disconnected for up to 30 s after a broker is back.
    "reconnect_backoff_max_ms": 1_000,
    # Also the time until a re-created topic is noticed, and a quarter of the time after which
    # a broker is searched at another address.
    "metadata_max_age_ms": 30_000,
    "metrics_enabled": False,
}

COMMIT_TIMEOUT_S = 3.0

JOIN_TIMEOUT_S = 2.0
"""Seconds that a poll waits at least while the group rebalances. The other members learn of it with
their next heartbeat, within 1.5 s."""

LEAVE_TIMEOUT_S = 3.0
"""Seconds to leave the group. A broker reads the request only after it has answered this member's
request to join, which waits for the other members; they learn of it with their next heartbeat."""

CLOSE_TIMEOUT_S = 4.0

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_MOMENT_MS = round((datetime(9999, 12, 31, tzinfo=UTC) - EPOCH).total_seconds() * 1000)

log = structlog.get_logger(__name__)


class LostPartitions(ConsumerRebalanceListener):
    """Notes which partitions this member lost, even if it got them back before the next poll.

    Only takes notes: it runs on the client's own thread, where a commit raises RuntimeError and
    long work stops the heartbeats.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._assigned: frozenset[int] = frozenset()
        self._lost: frozenset[int] = frozenset()

    def on_partitions_revoked(self, revoked: object) -> None:
        """Note nothing: the argument also contains partitions that this member keeps."""

    def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        now = frozenset(each.partition for each in assigned)
        with self._lock:
            self._lost |= self._assigned - now
            self._assigned = now

    def on_partitions_lost(self, _lost: object) -> None:
        self.on_partitions_assigned(set())

    def take(self) -> frozenset[int]:
        with self._lock:
            lost, self._lost = self._lost, frozenset()
        return lost


class GroupConsumer(Consumer):
    """Joins the group during its first polls. The constructor raises KafkaUnavailable."""

    def __init__(self, connection: Mapping[str, Any], topic: str, group: str) -> None:
        read_headers_leniently()
        options = {**CONSUMER_SETTINGS, **connection, "group_id": group}
        with kafka_errors():
            self._client = open_pausing_consumer(options)
        self._topic = topic
        self._group = group
        self._lost = LostPartitions()
        name_unreadable_batches(self._client)
        self._client.subscribe([topic], listener=self._lost)
        try:
            # Without this metadata the first assignment is empty and another one follows.
            self._client.partitions_for_topic(topic)
        except KafkaError as error:
            self.close()
            raise KafkaUnavailable(str(error)) from error
        self._topic_id = self._current_topic_id()

    def poll(self, timeout_s: float) -> Polled:
        if self._is_joining():
            timeout_s = max(timeout_s, JOIN_TIMEOUT_S)
        try:
            polled = self._client.poll(timeout_ms=round(timeout_s * 1000))
        except KafkaError as error:
            raise PollFailed(str(error)) from error
        if self._is_joining():
            # The client forgets the result of a join that ends between two polls. It joins again,
            # except after a change of the topic: then it would wait forever, without partitions
            # and heartbeats.
            self._client._coordinator.request_rejoin()  # noqa: SLF001
        if self._is_another_topic():
            return self._start_over()
        return Polled(
            records=tuple(record_from_kafka(each) for batch in polled.values() for each in batch),
            positions=self._positions(),
            lost=self._lost.take(),
        )

    def _positions(self) -> Offsets:
        """Return the lag without a request to the broker, unlike the client's own method."""
        return {
            each.partition: state.position.offset
            for each, state in list(self._client._subscription.assignment.items())  # noqa: SLF001
            if state.position is not None
        }

    def _is_joining(self) -> bool:
        return self._client.group_metadata().state is MemberState.REBALANCING

    def _is_another_topic(self) -> bool:
        """Return True once if the topic was deleted and created again since the last call."""
        before, now = self._topic_id, self._current_topic_id()
        self._topic_id = now or before
        return None not in (before, now) and before != now

    def _current_topic_id(self) -> UUID | None:
        found: UUID | None = self._client._cluster.topic_id(self._topic)  # noqa: SLF001
        return found

    def _start_over(self) -> Polled:
        """Read the new topic from its first record.

        The client keeps its positions in the old topic. It treats a shorter log as truncated and
        continues at its end, and a longer one as the same log.
        """
        log.warning("kafka_topic_recreated", topic=self._topic, group=self._group)
        assigned = self._client.assignment()
        if assigned:
            self._client.seek_to_beginning(*assigned)
        return Polled(lost=self._lost.take() | {each.partition for each in assigned})

    def pause(self) -> None:
        self._client.pause(*self._client.assignment())

    def resume(self) -> None:
        self._client.resume(*self._client.paused())

    def rewind(self, offsets: Offsets) -> None:
        for partition, offset in offsets.items():
            # ValueError: this member lost the partition.
            with contextlib.suppress(ValueError):
                self._client.seek(TopicPartition(self._topic, partition), offset)

    def commit(self, offsets: Offsets) -> None:
        positions = {
            TopicPartition(self._topic, partition): OffsetAndMetadata(offset, "", -1)
            for partition, offset in offsets.items()
        }
        try:
            self._client.commit(positions, timeout_ms=COMMIT_TIMEOUT_S * 1000)
        except KafkaError as error:
            raise CommitFailed(str(error)) from error

    def lag(self, position: Offsets) -> int:
        return sum(self._beyond(position))

    def _beyond(self, position: Offsets) -> Iterator[int]:
        assigned = self._client.assignment()
        for partition, offset in position.items():
            each = TopicPartition(self._topic, partition)
            end = self._client.highwater(each) if each in assigned else None
            yield max(0, end - offset) if end is not None else 0

    def close(self) -> None:
        """Leave the group.

        The client's own close has no timeout. It waits for its I/O thread, which can hang right
        after a broker is back and goes on sending heartbeats. Then only the end of the process
        frees the partitions.
        """
        closing = Thread(target=self._leave, name=f"leave-{self._group}", daemon=True)
        closing.start()
        closing.join(CLOSE_TIMEOUT_S)
        if closing.is_alive():
            log.warning("kafka_consumer_did_not_close", group=self._group, after_s=CLOSE_TIMEOUT_S)

    def _leave(self) -> None:
        try:
            self._client.close(autocommit=False, timeout_ms=round(LEAVE_TIMEOUT_S * 1000))
        except KafkaError as error:
            log.warning("kafka_group_not_left", group=self._group, error=str(error))


def record_from_kafka(raw: ConsumerRecord) -> Record:
    return Record(
        topic=raw.topic,
        partition=raw.partition,
        offset=raw.offset,
        # Foreign producers write any time; one outside the calendar becomes the nearest valid one.
        timestamp=EPOCH + timedelta(milliseconds=min(max(raw.timestamp, 0), LAST_MOMENT_MS)),
        key=raw.key,
        value=raw.value,
        headers=tuple((name, value or b"") for name, value in raw.headers),
    )
