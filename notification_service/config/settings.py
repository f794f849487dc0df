"""The notification service's environment: a class per role and command, <Role>Settings."""

from typing import Literal

from pydantic import Field, SecretStr

from libs.contracts.events.declared import ORDER_PAID, SHIP_ASSEMBLED
from libs.contracts.settings import AssembledTopicSettings, PaidTopicSettings, group_field
from libs.settings.addresses import HttpUrl, Port, ProxyUrl
from libs.settings.base import Settings
from libs.settings.groups import (
    CelerySettings,
    GrpcServerSettings,
    KafkaRoleSettings,
    PostgresSettings,
    ProcessSettings,
    RoleSettings,
)

SERVICE = "notification_service"


class TelegramSettings(Settings):
    telegram_bot_token: SecretStr = Field(alias="TELEGRAM_BOT_TOKEN")
    """Token of the bot."""
    telegram_api_url: HttpUrl = Field("https://api.telegram.org", alias="TELEGRAM_API_URL")
    """URL of Telegram, or of the sandbox."""
    telegram_proxy: ProxyUrl | None = Field(None, alias="TELEGRAM_PROXY")
    """HTTP proxy on the way to Telegram, http://USER:PASSWORD@HOST:PORT; http_proxy is not read."""
    notification_language: Literal["en", "ru"] = Field("en", alias="NOTIFICATION_LANGUAGE")
    """en or ru; the texts are in templates/."""


class DeliverySettings(PostgresSettings, CelerySettings):
    """Settings to reach the deliveries and the workers' queue."""


class MigrateSettings(ProcessSettings, PostgresSettings):
    pass


class BotSettings(RoleSettings, TelegramSettings):
    pass


class GrpcSettings(RoleSettings, PostgresSettings, GrpcServerSettings):
    grpc_port: Port = Field(50053, alias="GRPC_PORT")
    """Port to listen on."""


class WorkerSettings(BotSettings, DeliverySettings):
    pass


class DlqSettings(KafkaRoleSettings, PaidTopicSettings, AssembledTopicSettings):
    order_paid_group: str = group_field(ORDER_PAID, "notification")
    order_assembled_group: str = group_field(SHIP_ASSEMBLED, "notification")


class ConsumerSettings(RoleSettings, DlqSettings, DeliverySettings):
    telegram_chat_id: int = Field(alias="TELEGRAM_CHAT_ID")
    """Chat to notify; the bot answers /start with the chat's id."""
