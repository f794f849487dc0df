"""Offsets of groups and topics. Every call opens a connection and raises KafkaUnavailable."""

from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer
from kafka import TopicPartition as KafkaTopicPartition

from libs.kafka.client.connection import kafka_errors, open_client
from libs.kafka.client.consumer import CONSUMER_SETTINGS
from libs.kafka.client.topics import ADMIN_SETTINGS
from libs.kafka.errors import TopicMissing
from libs.kafka.types import TopicPartition

ANSWER_TIMEOUT_MS = 10_000


def committed_offsets(connection: Mapping[str, Any]) -> dict[str, dict[TopicPartition, int]]:
    """Return what each group of the cluster has committed."""
    with (
        kafka_errors(),
        closing(open_client(KafkaAdminClient, {**ADMIN_SETTINGS, **connection})) as admin,
    ):
        groups = [group["group_id"] for group in admin.list_groups()]
        found = admin.list_group_offsets(groups) if groups else {}
        return {
            group: {
                TopicPartition(each.topic, each.partition): at.offset
                for each, at in offsets.items()
            }
            for group, offsets in found.items()
        }


def end_offsets(connection: Mapping[str, Any], topics: Iterable[str]) -> dict[TopicPartition, int]:
    """Return the end of each partition of these topics. Raises TopicMissing."""
    options = {**CONSUMER_SETTINGS, **connection, "group_id": None}
    with kafka_errors(), closing(open_client(KafkaConsumer, options)) as consumer:
        partitions = [
            KafkaTopicPartition(topic, partition)
            for topic in topics
            for partition in partitions_of(consumer, topic)
        ]
        found = consumer.end_offsets(partitions, timeout_ms=ANSWER_TIMEOUT_MS)
        return {TopicPartition(each.topic, each.partition): end for each, end in found.items()}


def partitions_of(consumer: KafkaConsumer, topic: str) -> Collection[int]:
    """Raise TopicMissing if there are none."""
    partitions: Collection[int] | None = consumer.partitions_for_topic(topic)
    if not partitions:
        raise TopicMissing(topic)
    return partitions
