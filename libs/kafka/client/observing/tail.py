"""Reads the newest records of a topic, as no member of any group."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from libs.kafka.client.connection import kafka_errors, open_client
from libs.kafka.client.consumer import CONSUMER_SETTINGS, record_from_kafka
from libs.kafka.client.observing.offsets import partitions_of
from libs.kafka.types import Record

ANSWER_TIMEOUT_MS = 3_000

POLL_TIMEOUT_MS = 500

IMMEDIATE = {"group_id": None, "fetch_max_wait_ms": 100, "bootstrap_timeout_ms": 3_000}


def tail(
    connection: Mapping[str, Any], topics: Sequence[str], *, last: int, follow: bool = False
) -> Iterator[Record]:
    """Yield the last records of each partition of the topics, then new ones if asked to follow.

    Raises KafkaUnavailable.
    """
    options = {**CONSUMER_SETTINGS, **connection, **IMMEDIATE}
    with kafka_errors(), closing(open_client(KafkaConsumer, options)) as consumer:
        partitions = [
            TopicPartition(topic, each)
            for topic in topics
            for each in partitions_of(consumer, topic)
        ]
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions, timeout_ms=ANSWER_TIMEOUT_MS)
        begins = consumer.beginning_offsets(partitions, timeout_ms=ANSWER_TIMEOUT_MS)
        for each in partitions:
            consumer.seek(each, max(begins[each], ends[each] - last))
        while follow or any(
            consumer.position(each, timeout_ms=ANSWER_TIMEOUT_MS) < ends[each]
            for each in partitions
        ):
            for batch in consumer.poll(timeout_ms=POLL_TIMEOUT_MS).values():
                yield from map(record_from_kafka, batch)
