"""Drives a consumer group in memory and one on a broker through the same steps."""

import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from libs.kafka.client.consumer import GroupConsumer
from libs.kafka.consuming import Consumer, Polled
from libs.kafka.types import Headers, Record
from tests.support.eventually import eventually
from tests.support.kafka import FakeKafka
from tests.support.servers.broker import Broker

PARTITIONS = 4
SENT_AT = datetime(2026, 3, 1, 12, 0, 0, 123_000, tzinfo=UTC)


class MemoryGroup:
    """One topic of four partitions and one group that reads it."""

    def __init__(self) -> None:
        self._kafka = FakeKafka(partitions=PARTITIONS)

    def join(self) -> Consumer:
        return self._kafka.join()

    def send(
        self,
        *values: bytes | None,
        partition: int = 0,
        key: bytes | None = None,
        headers: Headers = (),
    ) -> None:
        for value in values:
            self._kafka.append(
                value, partition=partition, key=key, headers=headers, timestamp=SENT_AT
            )

    def send_in_transaction(self, value: bytes, *, commit: bool) -> None:
        """Use up two offsets of partition 0: the record's and the marker's."""
        if commit:
            self.send(value)
            self._kafka.append_unseen()
        else:
            self._kafka.append_unseen(2)


class BrokerGroup:
    """The same on a broker."""

    def __init__(self, broker: Broker, topic: str) -> None:
        self._broker = broker
        self._topic = topic
        self._name = f"group.{uuid.uuid4().hex}"
        self._members: list[Consumer] = []

    def join(self) -> Consumer:
        connection = {"bootstrap_servers": [self._broker.address]}
        member = GroupConsumer(connection, self._topic, self._name)
        self._members.append(member)
        return member

    def send(
        self,
        *values: bytes | None,
        partition: int = 0,
        key: bytes | None = None,
        headers: Headers = (),
    ) -> None:
        self._broker.send(
            self._topic,
            *values,
            partition=partition,
            key=key,
            headers=headers,
            timestamp_ms=round(SENT_AT.timestamp() * 1000),
        )

    def send_in_transaction(self, value: bytes, *, commit: bool) -> None:
        self._broker.send_in_transaction(self._topic, value, partition=0, commit=commit)

    def close(self) -> None:
        for member in self._members:
            member.close()
        self._broker.close()


Group = MemoryGroup | BrokerGroup


def read(member: Consumer, count: int) -> list[Record]:
    """Poll until this many records have arrived."""
    records: list[Record] = []

    def enough() -> bool:
        records.extend(member.poll(0.2).records)
        return len(records) >= count

    eventually(enough, within_s=15)
    assert len(records) == count
    return records


def nothing_comes(member: Consumer) -> bool:
    return not any(member.poll(0.1).records for _ in range(3))


def poll_all(*members: Consumer) -> list[Polled]:
    """Poll once with each, at the same time: a rebalance needs all of them."""
    with ThreadPoolExecutor(len(members)) as pool:
        return list(pool.map(lambda member: member.poll(0.2), members))


def hand_over(first: Consumer, second: Consumer) -> list[Polled]:
    """Poll both until half of the first one's partitions are the second one's."""
    said: list[Polled] = []

    def half_is_lost() -> bool:
        said.extend(poll_all(first, second))
        return sum(len(each.lost) for each in said) == PARTITIONS // 2

    eventually(half_is_lost, within_s=20)
    return said


def send_everywhere(group: Group, value: bytes) -> None:
    for partition in range(PARTITIONS):
        group.send(value, partition=partition)


def values(records: Sequence[Record]) -> list[bytes | None]:
    return [each.value for each in records]
