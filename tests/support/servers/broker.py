"""A client of a real broker: acts as foreign producers and operators do."""

import time
from collections.abc import Mapping
from contextlib import closing
from types import MappingProxyType
from uuid import uuid4

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import CoordinatorNotAvailableError, NotCoordinatorError

from libs.kafka.client.connection import open_client
from libs.kafka.client.consumer import record_from_kafka
from libs.kafka.client.producer import PRODUCER_SETTINGS
from libs.kafka.client.sending import NOTHING, NullableBytes
from libs.kafka.types import Headers, Record

LARGEST_BYTES = 8 * 1024 * 1024
READ_WITHIN_S = 20.0


class Broker:
    """Connects in the constructor and keeps its connections until close()."""

    def __init__(self, address: str) -> None:
        self.address = address
        connection = {"bootstrap_servers": [address], "reconnect_backoff_max_ms": 500}
        self._producer = open_client(
            KafkaProducer,
            {
                **PRODUCER_SETTINGS,
                **connection,
                "value_serializer": NullableBytes(),
                "max_request_size": LARGEST_BYTES,
            },
        )
        self._admin = open_client(KafkaAdminClient, connection)

    def send(
        self,
        topic: str,
        *values: bytes | None,
        partition: int | None = None,
        key: bytes | None = None,
        headers: Headers = (),
        timestamp_ms: int | None = None,
    ) -> None:
        """Send a record per value and wait for the acknowledgements; None is a null value."""
        futures = [
            self._producer.send(
                topic,
                NOTHING if value is None else value,
                key=key,
                partition=partition,
                headers=list(headers),
                timestamp_ms=timestamp_ms,
            )
            for value in values
        ]
        for future in futures:
            future.get(timeout=10)

    def send_in_transaction(
        self, topic: str, *values: bytes, partition: int = 0, commit: bool
    ) -> None:
        """Send the records in one transaction, and commit or abort it."""
        options = {
            "bootstrap_servers": [self.address],
            "transactional_id": uuid4().hex,
            "enable_idempotence": True,
        }
        with closing(open_client(KafkaProducer, options)) as producer:
            producer.init_transactions()
            producer.begin_transaction()
            for value in values:
                producer.send(topic, value, partition=partition).get(timeout=10)
            if commit:
                producer.commit_transaction()
            else:
                producer.abort_transaction()

    def create(
        self,
        topic: str,
        *,
        partitions: int = 1,
        max_bytes: int | None = None,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        configs = {**settings, **({"max.message.bytes": str(max_bytes)} if max_bytes else {})}
        shape = {"num_partitions": partitions, "replication_factor": 1, "configs": configs}
        self._admin.create_topics({topic: shape}, wait_for_metadata=True)

    def delete(self, *topics: str) -> None:
        self._admin.delete_topics(list(topics), raise_errors=False)

    def committed(self, group: str, topic: str) -> dict[int, int]:
        """Return the group's offset of each partition that has one."""
        try:
            groups = self._admin.list_group_offsets({group: None})
        except (CoordinatorNotAvailableError, NotCoordinatorError):  # it is new
            return {}
        return {
            each.partition: kept.offset
            for each, kept in groups[group].items()
            if each.topic == topic and kept.offset >= 0
        }

    def ends(self, topic: str) -> dict[int, int]:
        """Return the end of each partition that holds anything."""
        ends: dict[int, int] = {}
        for record in self.records(topic):
            ends[record.partition] = record.offset + 1
        return ends

    def records(self, topic: str) -> list[Record]:
        """Return everything in the topic, partition by partition."""
        return records_of(self.address, topic)

    def close(self) -> None:
        self._producer.close(timeout=1)
        self._admin.close()


def produce(address: str, topic: str, *values: bytes) -> None:
    """Produce records as a foreign producer would: no key, no headers."""
    with closing(KafkaProducer(bootstrap_servers=[address])) as producer:
        for sent in [producer.send(topic, value=value) for value in values]:
            sent.get(timeout=10)


def records_of(address: str, topic: str) -> list[Record]:
    """Return everything in the topic, partition by partition."""
    records: list[Record] = []
    with closing(KafkaConsumer(bootstrap_servers=[address])) as consumer:
        partitions = [TopicPartition(topic, each) for each in consumer.partitions_for_topic(topic)]
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions)
        consumer.seek_to_beginning(*partitions)
        deadline = time.monotonic() + READ_WITHIN_S
        while any(consumer.position(each) < ends[each] for each in partitions):
            assert time.monotonic() < deadline, f"{topic} could not be read"
            for batch in consumer.poll(timeout_ms=200).values():
                records += [record_from_kafka(raw) for raw in batch]
    return sorted(records, key=lambda record: (record.partition, record.offset))
