"""The roles of the assembly service on real engines."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from libs.contracts.events.v1 import events_pb2
from libs.kafka.client.topics import Topics
from tests.conftest import MakeTopic
from tests.support.roles import StartRole, role_starter
from tests.support.servers.broker import produce, records_of

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
        produce(self.brokers, self.paid_topic, *values)

    def assembled(self) -> list[events_pb2.ShipAssembled]:
        return [
            events_pb2.ShipAssembled.FromString(record.value or b"")
            for record in records_of(self.brokers, self.assembled_topic)
        ]


@pytest.fixture
def line(kafka_brokers: str, make_topic: MakeTopic, redis_url: str, tmp_path: Path) -> AssemblyLine:
    paid, assembled = make_topic(PARTITIONS), make_topic(PARTITIONS)
    Topics({"bootstrap_servers": [kafka_brokers]}).create(
        (paid, assembled), partitions=PARTITIONS, replication=1
    )
    return AssemblyLine(kafka_brokers, redis_url, paid, assembled, tmp_path)


@pytest.fixture
def start_role(line: AssemblyLine) -> Iterator[StartRole]:
    with role_starter("assembly_service", line.environment) as start:
        yield start
