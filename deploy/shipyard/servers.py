"""The servers of the stack that commands read, each opened on first use. Not thread-safe."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import Engine

from assembly_service.config.settings import DlqSettings as AssemblyGroups
from deploy.shipyard.exits import CannotDo
from deploy.shipyard.surroundings import Surroundings
from libs.contracts.settings import EventSettings, TopicSettings
from libs.grpc.channel import open_channel
from libs.kafka.client.connection import connection_options
from libs.postgres.engine import create_database_engine
from libs.settings.groups import CelerySettings, KafkaSettings, PostgresSettings
from notification_service.config.settings import DlqSettings as NotificationGroups
from order_service.client.health import peer_check
from order_service.config.settings import ChargingSettings, InventorySettings
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
        self._surroundings = surroundings

    @cached_property
    def orders(self) -> Engine:
        return self._database("order")

    @cached_property
    def notifications(self) -> Engine:
        return self._database("notification")

    @cached_property
    def broker_url(self) -> str:
        settings = self._surroundings.settings(CelerySettings, "order")
        return settings.celery_broker_url.get_secret_value()

    @cached_property
    def kafka_settings(self) -> KafkaSettings:
        return self._surroundings.settings(KafkaSettings, "order")

    @cached_property
    def kafka(self) -> dict[str, Any]:
        return connection_options(self.kafka_settings)

    @cached_property
    def topics(self) -> TopicSettings:
        return self._surroundings.settings(TopicSettings, "order")

    def readers(self) -> Iterator[Reader]:
        """Yield every consumer group of the system."""
        for service, kind in GROUPS.items():
            for topic, group in self._surroundings.settings(kind, service).groups.items():
                yield Reader(service, group, topic)

    def peers(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Yield a health check of each gRPC server whose address is known."""
        with suppress(CannotDo):
            payment = self._surroundings.settings(ChargingSettings, "order")
            channel = open_channel(
                payment.payment_host, payment.payment_port, ca=payment.payment_ca
            )
            yield "payment", peer_check(channel, "payment.v1.PaymentService")
        with suppress(CannotDo):
            parts = self._surroundings.settings(InventorySettings, "order")
            channel = open_channel(
                parts.inventory_host, parts.inventory_port, ca=parts.inventory_ca
            )
            yield "inventory", peer_check(channel, "inventory.v1.InventoryService")

    def _database(self, service: str) -> Engine:
        settings = self._surroundings.settings(PostgresSettings, service)
        return create_database_engine(settings, pool_size=3)


def of_this_process() -> Servers:
    return Servers(Surroundings.of_this_process())
