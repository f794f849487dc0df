"""Reads a whole topic."""

import time
from contextlib import closing

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

from tests.chaos.scenario import RunningSystem

READ_WITHIN_S = 20.0


def records_in(system: RunningSystem, topic: str) -> list[ConsumerRecord]:
    """Return every record, in order per partition. Raises TimeoutError."""
    options = {"bootstrap_servers": system.brokers, "group_id": None}
    with closing(KafkaConsumer(**options)) as consumer:
        every = [TopicPartition(topic, n) for n in consumer.partitions_for_topic(topic) or ()]
        consumer.assign(every)
        ends = consumer.end_offsets(every)
        consumer.seek_to_beginning()
        records: list[ConsumerRecord] = []
        deadline = time.monotonic() + READ_WITHIN_S
        while any(consumer.position(each) < ends[each] for each in every):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{topic} could not be read")
            for polled in consumer.poll(timeout_ms=500).values():
                records += polled
        return records
