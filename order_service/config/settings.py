"""The order service's environment."""

import re

from pydantic import Field, FilePath, SecretStr

from libs.settings.addresses import Host, Port
from libs.settings.groups import (
    CelerySettings,
    KafkaSettings,
    PostgresSettings,
    ProcessSettings,
)

SERVICE = "order_service"

ORIGIN = r"https?://[A-Za-z0-9._-]+(:[0-9]+)?"
"""Scheme, host and, if it is not the usual one, port; other signs would make a pattern of it."""


class OrderSettings(ProcessSettings, KafkaSettings, CelerySettings, PostgresSettings):
    http_host: Host = Field("127.0.0.1", alias="HTTP_HOST")
    http_port: Port = Field(8080, alias="HTTP_PORT")
    inventory_host: Host = Field(alias="INVENTORY_GRPC_HOST")
    inventory_port: Port = Field(50051, alias="INVENTORY_GRPC_PORT")
    inventory_ca: FilePath | None = Field(None, alias="INVENTORY_GRPC_CA")
    payment_host: Host = Field(alias="PAYMENT_GRPC_HOST")
    payment_port: Port = Field(50052, alias="PAYMENT_GRPC_PORT")
    payment_ca: FilePath | None = Field(None, alias="PAYMENT_GRPC_CA")
    order_assembled_group: str = Field(
        "order-group-order-assembled", alias="ORDER_ASSEMBLED_CONSUMER_GROUP_ID"
    )
    api_keys: SecretStr = Field(SecretStr(""), alias="ORDER_API_KEYS")
    rate_limit: str | None = Field(
        None, alias="ORDER_RATE_LIMIT", pattern=r"^[1-9][0-9]*/(second|minute|hour|day)$"
    )

    cors_origins: str = Field("", alias="CORS_ORIGINS", pattern=rf"^(\*|{ORIGIN}(,{ORIGIN})*)?$")

    trusted_proxy: str | None = Field(None, alias="TRUSTED_PROXY")

    @property
    def each_cors_origin(self) -> tuple[str, ...]:
        return tuple(filter(None, self.cors_origins.split(",")))

    @property
    def each_api_key(self) -> tuple[str, ...]:
        """The keys, which commas or lines part; none at all means an open API."""
        return tuple(filter(None, re.split(r"[,\s]+", self.api_keys.get_secret_value())))
