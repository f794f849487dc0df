"""The order service's environment."""

from pydantic import Field

from libs.settings.groups import (
    CelerySettings,
    KafkaSettings,
    PostgresSettings,
    ProcessSettings,
)


class OrderSettings(ProcessSettings, KafkaSettings, CelerySettings, PostgresSettings):
    http_host: str = Field("127.0.0.1", alias="HTTP_HOST")
    http_port: int = Field(8080, alias="HTTP_PORT", ge=1, le=65535)
    inventory_host: str = Field(alias="INVENTORY_GRPC_HOST")
    inventory_port: int = Field(50051, alias="INVENTORY_GRPC_PORT", ge=1, le=65535)
    payment_host: str = Field(alias="PAYMENT_GRPC_HOST")
    payment_port: int = Field(50052, alias="PAYMENT_GRPC_PORT", ge=1, le=65535)
    order_assembled_group: str = Field(
        "order-group-order-assembled", alias="ORDER_ASSEMBLED_CONSUMER_GROUP_ID"
    )
