"""Offsets of groups and topics."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer
from kafka.admin import OffsetSpec

from libs.kafka.client.connection import kafka_errors, open_client
from libs.kafka.client.topics import ADMIN_SETTINGS
from libs.kafka.errors import TopicMissing
from libs.kafka.types import TopicPartition

Offsets = Mapping[TopicPartition, int]


def committed_offsets(connection: Mapping[str, Any]) -> dict[str, Offsets]:
    """Connect, and return what each group of the cluster has committed. Raises KafkaUnavailable."""
    with _connected(connection) as admin:
        return committed_in(admin)


def end_offsets(connection: Mapping[str, Any], topics: Iterable[str]) -> Offsets:
    """Connect, and return the end of each partition of these topics.

    Raises KafkaUnavailable, and TopicMissing for a topic that does not exist.
    """
    wanted = list(topics)
    with _connected(connection) as admin:
        partitions = partitions_in(admin, wanted)
        for missing in sorted({*wanted} - {each.topic for each in partitions}):
            raise TopicMissing(missing)
        return offsets_in(admin, partitions, OffsetSpec.LATEST)


def committed_in(admin: KafkaAdminClient) -> dict[str, Offsets]:
    """Return what each group has committed. Raises KafkaError."""
    groups = [group["group_id"] for group in admin.list_groups()]
    found = admin.list_group_offsets(groups) if groups else {}
    return {
        group: {
            TopicPartition(*place): at.offset for place, at in offsets.items() if at.offset >= 0
        }
        for group, offsets in found.items()
    }


def partitions_in(admin: KafkaAdminClient, topics: Sequence[str]) -> Sequence[TopicPartition]:
    """Return the partitions of those topics that exist. Raises KafkaError."""
    return [
        TopicPartition(topic["name"], partition["partition_index"])
        for topic in admin.describe_topics(topics)
        for partition in topic["partitions"]
    ]


def offsets_in(admin: KafkaAdminClient, partitions: Sequence[TopicPartition], spec: int) -> Offsets:
    """Return the offset of each partition that spec, a value of OffsetSpec, asks for.

    Raises KafkaError.
    """
    found = admin.list_partition_offsets(dict.fromkeys(partitions, spec))
    return {TopicPartition(*place): at.offset for place, at in found.items()}


def partitions_of(consumer: KafkaConsumer, topic: str) -> Collection[int]:
    """Raise TopicMissing if there are none."""
    partitions: Collection[int] | None = consumer.partitions_for_topic(topic)
    if not partitions:
        raise TopicMissing(topic)
    return partitions


@contextmanager
def _connected(connection: Mapping[str, Any]) -> Iterator[KafkaAdminClient]:
    with (
        kafka_errors(),
        closing(open_client(KafkaAdminClient, {**ADMIN_SETTINGS, **connection})) as admin,
    ):
        yield admin
