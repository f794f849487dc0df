"""The background roles of the order service on real engines."""

from dataclasses import dataclass
from pathlib import Path

from deploy.local.engines.ports import free_port
from libs.contracts.events.declared import EVENTS
from libs.kafka.types import Record
from libs.settings.groups import PostgresSettings
from tests.support.roles import postgres_environment
from tests.support.servers.broker import produce, records_of

PARTITIONS = 2


@dataclass(frozen=True, slots=True)
class OrderLine:
    """The service's own topics and database, with ways to write and read them."""

    brokers: str
    redis_url: str
    postgres: PostgresSettings
    paid_topic: str
    assembled_topic: str
    state_dir: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            "KAFKA_BROKERS": self.brokers,
            "CELERY_BROKER_URL": self.redis_url,
            **{event.topic_variable: self.paid_topic for event in EVENTS},
            "ORDER_ASSEMBLED_TOPIC_NAME": self.assembled_topic,
            "ORDER_ASSEMBLED_CONSUMER_GROUP_ID": f"group.{self.assembled_topic}",
            "STATE_DIR": str(self.state_dir),
            **postgres_environment(self.postgres),
            **NO_PEERS,
        }

    def produce(self, *values: bytes) -> None:
        """Produce to the assembled topic."""
        produce(self.brokers, self.assembled_topic, *values)

    def records(self, topic: str) -> list[Record]:
        return records_of(self.brokers, topic)


NO_PEERS = {
    "PAYMENT_GRPC_HOST": "127.0.0.1",
    "PAYMENT_GRPC_PORT": str(free_port()),
}
