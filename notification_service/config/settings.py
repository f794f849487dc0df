"""The notification service's environment."""

from typing import Literal

from pydantic import Field, SecretStr

from libs.settings.addresses import HttpUrl, ProxyUrl
from libs.settings.base import Settings
from libs.settings.groups import CelerySettings, KafkaSettings, PostgresSettings, ProcessSettings

SERVICE = "notification_service"


class TelegramSettings(Settings):
    telegram_bot_token: SecretStr = Field(alias="TELEGRAM_BOT_TOKEN")
    telegram_api_url: HttpUrl = Field("https://api.telegram.org", alias="TELEGRAM_API_URL")
    telegram_proxy: ProxyUrl | None = Field(None, alias="TELEGRAM_PROXY")
    notification_language: Literal["en", "ru"] = Field("en", alias="NOTIFICATION_LANGUAGE")


class BotSettings(ProcessSettings, TelegramSettings):
    """What the bot needs: it tells the chat's id, so it cannot require one."""


class MigrateSettings(ProcessSettings, PostgresSettings):
    """What the migration needs."""


class NotificationSettings(BotSettings, MigrateSettings, KafkaSettings, CelerySettings):
    telegram_chat_id: int = Field(alias="TELEGRAM_CHAT_ID")
    order_paid_group: str = Field(
        "notification-group-order-paid", alias="ORDER_PAID_CONSUMER_GROUP_ID"
    )
    order_assembled_group: str = Field(
        "notification-group-order-assembled", alias="ORDER_ASSEMBLED_CONSUMER_GROUP_ID"
    )
