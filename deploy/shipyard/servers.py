"""The servers of the stack that commands read, each opened on first use. Not thread-safe."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import Engine

from assembly_service.config.settings import DlqSettings as AssemblyGroups
from deploy.shipyard.surroundings import Surroundings
from libs.contracts.settings import EventSettings, TopicSettings
from libs.kafka.client.options import connection_options
from libs.postgres.engine import create_database_engine
from libs.settings.groups import CelerySettings, KafkaSettings, PostgresSettings
from notification_service.config.settings import DlqSettings as NotificationGroups
from order_service.config.settings import DlqSettings as OrderGroups

ORDERS, NOTIFICATIONS = "the order database", "the notification database"

REDIS, KAFKA = "Redis", "Kafka"

GROUPS: Mapping[str, type[EventSettings]] = {
    "order": OrderGroups,
    "assembly": AssemblyGroups,
    "notification": NotificationGroups,
}


class Reader(NamedTuple):
    """A consumer group and the topic that it reads."""

    service: str
    group: str
    topic: str


class Servers:
    def __init__(self, surroundings: Surroundings) -> None:
        self.surroundings = surroundings

    @cached_property
    def orders(self) -> Engine:
        return self._database("order")

    @cached_property
    def notifications(self) -> Engine:
        return self._database("notification")

    @cached_property
    def broker_url(self) -> str:
        settings = self.surroundings.settings(CelerySettings, "order")
        return settings.celery_broker_url.get_secret_value()

    @cached_property
    def kafka_settings(self) -> KafkaSettings:
        return self.surroundings.settings(KafkaSettings, "order")

    @cached_property
    def kafka(self) -> dict[str, Any]:
        return connection_options(self.kafka_settings)

    @cached_property
    def topics(self) -> TopicSettings:
        return self.surroundings.settings(TopicSettings, "order")

    def readers(self) -> Iterator[Reader]:
        """Yield every consumer group of the system."""
        for service, kind in GROUPS.items():
            for topic, group in self.surroundings.settings(kind, service).groups.items():
                yield Reader(service, group, topic)

    def _database(self, service: str) -> Engine:
        settings = self.surroundings.settings(PostgresSettings, service)
        return create_database_engine(settings, pool_size=3)


def of_this_process() -> Servers:
    return Servers(Surroundings.of_this_process())
