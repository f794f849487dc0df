"""The background roles of the order service on real engines."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

from deploy.local.engines.ports import free_port
from libs.contracts.events.declared import EVENTS
from libs.settings.groups import PostgresSettings
from tests.support.roles import RoleProcess

PARTITIONS = 2

READY = {"worker": " ready.", "consumer": "bridge_started", "relay": ""}


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
        """Produce to the assembled topic as a foreign producer would: no key, no headers."""
        producer = KafkaProducer(bootstrap_servers=self.brokers)
        for sent in [producer.send(self.assembled_topic, value=value) for value in values]:
            sent.get(timeout=10)
        producer.close()

    def records(self, topic: str) -> list[ConsumerRecord]:
        """Return all records that the topic holds now."""
        consumer = KafkaConsumer(
            bootstrap_servers=self.brokers, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        partitions = [TopicPartition(topic, n) for n in range(PARTITIONS)]
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions)
        records: list[ConsumerRecord] = []
        while any(consumer.position(partition) < ends[partition] for partition in partitions):
            for polled in consumer.poll(timeout_ms=500).values():
                records += polled
        consumer.close()
        return records


StartRole = Callable[..., RoleProcess]

NO_PEERS = {
    "PAYMENT_GRPC_HOST": "127.0.0.1",
    "PAYMENT_GRPC_PORT": str(free_port()),
}


def postgres_environment(settings: PostgresSettings) -> dict[str, str]:
    return {
        "POSTGRES_HOST": settings.postgres_host,
        "POSTGRES_PORT": str(settings.postgres_port),
        "POSTGRES_USER": settings.postgres_user,
        "POSTGRES_PASSWORD": settings.postgres_password.get_secret_value(),
        "POSTGRES_DB": settings.postgres_db,
        "POSTGRES_SSL_MODE": settings.postgres_ssl_mode,
    }
