"""The order service's environment: a class per role and command, <Role>Settings."""

import re

from pydantic import Field, FilePath, SecretStr

from libs.contracts.events.declared import SHIP_ASSEMBLED
from libs.contracts.settings import (
    AssembledTopicSettings,
    PaidTopicSettings,
    TopicSettings,
    group_field,
)
from libs.settings.addresses import GrpcHost, Host, Port
from libs.settings.base import Settings
from libs.settings.groups import (
    CelerySettings,
    KafkaRoleSettings,
    KafkaSettings,
    PostgresSettings,
    ProcessSettings,
    RoleSettings,
)

SERVICE = "order_service"

ORIGIN = r"https?://[A-Za-z0-9._-]+(:[0-9]+)?"
"""Scheme, host and optional port. flask-cors reads an origin with other signs as a pattern."""


class ChargingSettings(PaidTopicSettings):
    """Settings to charge an order and to publish OrderPaid."""

    payment_host: GrpcHost = Field(alias="PAYMENT_GRPC_HOST")
    """Host of the payment service; for replicas a name with all addresses, or ipv4:A:PORT,B."""
    payment_port: Port = Field(50052, alias="PAYMENT_GRPC_PORT")
    """Port of the payment service."""
    payment_ca: FilePath | None = Field(None, alias="PAYMENT_GRPC_CA")
    """PEM file of the authority that signed its certificate; setting it turns TLS on."""


class InventorySettings(Settings):
    inventory_host: GrpcHost = Field(alias="INVENTORY_GRPC_HOST")
    """Host of the inventory service; for replicas a name with all addresses, or ipv4:A:PORT,B."""
    inventory_port: Port = Field(50051, alias="INVENTORY_GRPC_PORT")
    """Port of the inventory service."""
    inventory_ca: FilePath | None = Field(None, alias="INVENTORY_GRPC_CA")
    """PEM file of the authority that signed its certificate; setting it turns TLS on."""


class DeliveriesSettings(Settings):
    notification_host: GrpcHost | None = Field(None, alias="NOTIFICATION_GRPC_HOST")
    """Host of the notification service, as above; without one a timeline has no deliveries."""
    notification_port: Port = Field(50053, alias="NOTIFICATION_GRPC_PORT")
    """Port of the notification service."""
    notification_ca: FilePath | None = Field(None, alias="NOTIFICATION_GRPC_CA")
    """PEM file of the authority that signed its certificate; setting it turns TLS on."""


class MigrateSettings(ProcessSettings, PostgresSettings):
    pass


class PaymentsSettings(MigrateSettings, PaidTopicSettings):
    pass


class RelaySettings(RoleSettings, MigrateSettings, KafkaSettings, TopicSettings):
    pass


class WorkerSettings(RoleSettings, MigrateSettings, CelerySettings, ChargingSettings):
    pass


class DlqSettings(KafkaRoleSettings, AssembledTopicSettings):
    order_assembled_group: str = group_field(SHIP_ASSEMBLED, "order")


class ConsumerSettings(RoleSettings, DlqSettings, CelerySettings):
    pass


class CheckSettings(DlqSettings, CelerySettings, PostgresSettings, TopicSettings):
    pass


class HttpSettings(WorkerSettings, InventorySettings, DeliveriesSettings, AssembledTopicSettings):
    http_host: Host = Field("127.0.0.1", alias="HTTP_HOST")
    """Address to listen on; 0.0.0.0 in a container."""
    http_port: Port = Field(8080, alias="HTTP_PORT")
    """Port to listen on."""
    http_workers: int = Field(1, alias="HTTP_WORKERS", ge=1, le=64)
    """Processes that answer on this port, such as one per core; each has its own memory, database
    connections and threads."""
    api_keys: SecretStr = Field(SecretStr(""), alias="ORDER_API_KEYS")
    """API keys of callers, separated by commas or lines, 16 characters or more each;
    without a key the API is open."""
    rate_limit: str | None = Field(
        None, alias="ORDER_RATE_LIMIT", pattern=r"^[1-9][0-9]*/(second|minute|hour|day)$"
    )
    """Calls per API key, or per address without keys, such as 600/minute; counted in Redis."""
    cors_origins: str = Field("", alias="CORS_ORIGINS", pattern=rf"^(\*|{ORIGIN}(,{ORIGIN})*)?$")
    """Origins whose pages may call from a browser, such as https://shop.example,https://a.example:8443,
    or *; their preflights need no key and are not counted."""
    trusted_proxy: str | None = Field(None, alias="TRUSTED_PROXY")
    """Name or address of the only proxy whose X-Forwarded-For is trusted."""

    @property
    def each_cors_origin(self) -> tuple[str, ...]:
        return tuple(filter(None, self.cors_origins.split(",")))

    @property
    def each_api_key(self) -> tuple[str, ...]:
        """The keys, separated by commas or lines; no key means an open API."""
        return tuple(filter(None, re.split(r"[,\s]+", self.api_keys.get_secret_value())))
