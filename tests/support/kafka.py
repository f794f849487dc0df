"""Kafka in memory: the same interfaces, held to the same contract tests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from libs.kafka.consuming import CommitFailed, Consumer, Offsets, Polled, PollFailed
from libs.kafka.publishing import Failure, Published, Publisher
from libs.kafka.types import Headers, OutgoingRecord, Record, TopicPartition

PARTITIONS = 6

ORDER_PAID_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_record(
    value: bytes | None, timestamp: datetime = ORDER_PAID_AT, headers: Headers = ()
) -> Record:
    """Build a record as a foreign producer writes it: no key."""
    return Record(
        topic="order.paid",
        partition=0,
        offset=0,
        timestamp=timestamp,
        key=None,
        value=value,
        headers=headers,
    )


@dataclass
class FakePublisher(Publisher):
    """Stores acknowledged records in sent; refuses on demand as a broker would."""

    sent: list[OutgoingRecord] = field(default_factory=list)
    max_record_bytes: int = 1_048_576
    unavailable: str = ""
    """While not empty, no record is acknowledged, for this reason."""
    acknowledge_at_most: int | None = None
    """The broker fails after this many records of each batch."""
    closed: bool = False

    def publish(self, records: Sequence[OutgoingRecord]) -> Published:
        self.closed = False
        acknowledged: list[int] = []
        failures: list[Failure] = []
        for position, record in enumerate(records):
            if failure := self._failure(position, record, len(acknowledged)):
                failures.append(failure)
            else:
                self.sent.append(record)
                acknowledged.append(position)
        return Published(acknowledged=tuple(acknowledged), failures=tuple(failures))

    def _failure(self, position: int, record: OutgoingRecord, so_far: int) -> Failure | None:
        if _size(record) > self.max_record_bytes:
            return Failure(position=position, reason="too large", permanent=True)
        if self.unavailable:
            return Failure(position=position, reason=self.unavailable)
        if self.acknowledge_at_most is not None and so_far >= self.acknowledge_at_most:
            return Failure(position=position, reason="broker went away")
        return None

    def partition_of(self, record: OutgoingRecord) -> TopicPartition | None:
        return (
            None
            if record.key is None
            else TopicPartition(record.topic, sum(record.key) % PARTITIONS)
        )

    def close(self) -> None:
        self.closed = True


def _size(record: OutgoingRecord) -> int:
    headers = sum(len(name.encode()) + len(value) for name, value in record.headers)
    return len(record.key or b"") + len(record.value or b"") + headers


@dataclass(eq=False)
class FakeKafka:
    """One topic and one consumer group."""

    topic: str = "order.paid"
    partitions: int = 1
    committed: dict[int, int] = field(default_factory=dict)
    log: list[list[Record | None]] = field(init=False)
    """Each partition's records; None is an offset without a record, as transactions leave."""
    members: list["FakeConsumer"] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.log = [[] for _ in range(self.partitions)]

    def append(
        self,
        value: bytes | None = b"",
        *,
        partition: int = 0,
        key: bytes | None = None,
        headers: Headers = (),
        timestamp: datetime = ORDER_PAID_AT,
    ) -> Record:
        record = Record(
            topic=self.topic,
            partition=partition,
            offset=len(self.log[partition]),
            timestamp=timestamp,
            key=key,
            value=value,
            headers=headers,
        )
        self.log[partition].append(record)
        return record

    def append_unseen(self, count: int = 1, *, partition: int = 0) -> None:
        """Use up offsets, as transaction markers and aborted records do."""
        self.log[partition] += [None] * count

    @property
    def ends(self) -> dict[int, int]:
        return {number: len(records) for number, records in enumerate(self.log) if records}

    def join(self, *, max_records: int = 500) -> "FakeConsumer":
        """Add a member; all members see their new partitions at their next poll."""
        member = FakeConsumer(self, max_records)
        self.members.append(member)
        self.spread()
        return member

    def leave(self, member: "FakeConsumer") -> None:
        """Remove the member, as when it closes or is killed."""
        if member in self.members:
            self.members.remove(member)
            self.spread()

    def spread(self) -> None:
        """Give each member its share of the partitions."""
        for place, member in enumerate(self.members):
            member.assign(range(place, self.partitions, len(self.members)))


class FakeConsumer(Consumer):
    """A member of the group; a forbidden call raises AssertionError."""

    def __init__(self, kafka: FakeKafka, max_records: int) -> None:
        self.kafka = kafka
        self.max_records = max_records
        self.paused: set[int] = set()
        self.closed = False
        self.commits: list[dict[int, int]] = []
        self.commit_failure = ""
        """While not empty, commits fail for this reason."""
        self.poll_failure = ""
        self._positions: dict[int, int] = {}
        self._coming: list[frozenset[int]] = []

    @property
    def assigned(self) -> frozenset[int]:
        return frozenset(self._positions)

    def assign(self, partitions: Iterable[int]) -> None:
        """Change the partitions at the next poll; several changes apply in order."""
        self._coming.append(frozenset(partitions))

    def poll(self, timeout_s: float) -> Polled:
        assert timeout_s >= 0, "kafka-python raises ValueError"
        if self.poll_failure:
            raise PollFailed(self.poll_failure)
        lost = self._rebalance()
        records: list[Record] = []
        for partition in sorted(self.assigned - self.paused):
            position = self._positions[partition]
            room = self.max_records - len(records)
            read = self.kafka.log[partition][position : position + room]
            self._positions[partition] += len(read)
            records += [each for each in read if each]
        return Polled(records=tuple(records), positions=dict(self._positions), lost=lost)

    def _rebalance(self) -> frozenset[int]:
        lost: frozenset[int] = frozenset()
        for partitions in self._coming:
            gone = self.assigned - partitions
            lost |= gone
            for partition in gone:
                del self._positions[partition]
                self.paused.discard(partition)
            for partition in partitions - self.assigned:
                self._positions[partition] = self.kafka.committed.get(partition, 0)
        self._coming.clear()
        return lost

    def pause(self) -> None:
        self.paused |= self.assigned

    def resume(self) -> None:
        self.paused.clear()

    def rewind(self, offsets: Offsets) -> None:
        for partition, offset in offsets.items():
            if partition in self._positions:
                self._positions[partition] = offset

    def commit(self, offsets: Offsets) -> None:
        if self.commit_failure:
            raise CommitFailed(self.commit_failure)
        assert self.assigned.issuperset(offsets), f"not ours: {set(offsets) - self.assigned}"
        if self._coming:
            raise CommitFailed("the group is rebalancing")
        self.commits.append(dict(offsets))
        self.kafka.committed.update(offsets)

    def lag(self, position: Offsets) -> int:
        return sum(
            len(self.kafka.log[partition]) - offset
            for partition, offset in position.items()
            if partition in self.assigned
        )

    def close(self) -> None:
        self.closed = True
        self.kafka.leave(self)
