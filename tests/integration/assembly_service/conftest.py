"""The roles of the assembly service on real engines."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from libs.contracts.events.v1 import events_pb2
from libs.kafka.client.topics import Topics
from tests.conftest import MakeTopic
from tests.support.roles import RoleProcess, running_role

PARTITIONS = 2


@dataclass(frozen=True, slots=True)
class AssemblyLine:
    """The service's own topics, with ways to write and read them."""

    brokers: str
    redis_url: str
    paid_topic: str
    assembled_topic: str
    state_dir: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            "KAFKA_BROKERS": self.brokers,
            "CELERY_BROKER_URL": self.redis_url,
            "ORDER_PAID_TOPIC_NAME": self.paid_topic,
            "ORDER_ASSEMBLED_TOPIC_NAME": self.assembled_topic,
            "ORDER_PAID_CONSUMER_GROUP_ID": f"group.{self.paid_topic}",
            "STATE_DIR": str(self.state_dir),
            "ASSEMBLY_BUILD_TIME_MIN_S": "1",
            "ASSEMBLY_BUILD_TIME_MAX_S": "1",
        }

    def pay(self, *values: bytes) -> None:
        """Produce records as a foreign producer would: no key, no headers."""
        producer = KafkaProducer(bootstrap_servers=self.brokers)
        for sent in [producer.send(self.paid_topic, value=value) for value in values]:
            sent.get(timeout=10)
        producer.close()

    def assembled(self) -> list[events_pb2.ShipAssembled]:
        return [
            events_pb2.ShipAssembled.FromString(value)
            for value in self.values(self.assembled_topic)
        ]

    def values(self, topic: str) -> list[bytes]:
        """Return all records that the topic holds now."""
        consumer = KafkaConsumer(
            bootstrap_servers=self.brokers, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        partitions = [TopicPartition(topic, n) for n in range(PARTITIONS)]
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions)
        values: list[bytes] = []
        while any(consumer.position(partition) < ends[partition] for partition in partitions):
            for records in consumer.poll(timeout_ms=500).values():
                values += [record.value for record in records]
        consumer.close()
        return values


StartRole = Callable[..., RoleProcess]


@pytest.fixture
def line(kafka_brokers: str, make_topic: MakeTopic, redis_url: str, tmp_path: Path) -> AssemblyLine:
    paid, assembled = make_topic(PARTITIONS), make_topic(PARTITIONS)
    Topics({"bootstrap_servers": [kafka_brokers]}).create(
        (paid, assembled), partitions=PARTITIONS, replication=1
    )
    return AssemblyLine(kafka_brokers, redis_url, paid, assembled, tmp_path)


@pytest.fixture
def start_role(line: AssemblyLine) -> Iterator[StartRole]:
    """Start a role of the service; with crash_at it dies at that label."""
    with ExitStack() as running:

        def start(role: str, *, crash_at: str = "", ready: str = "") -> RoleProcess:
            environment = {**line.environment, "CRASH_AT": crash_at}
            process = running.enter_context(running_role("assembly_service", role, environment))
            process.wait_for_output(
                ready or {"worker": " ready.", "consumer": "bridge_started"}[role]
            )
            return process

        yield start
