"""Objects that talk to Telegram; all that the bot needs."""

from injector import Module, provider, singleton
from telegram import Bot

from notification_service.client.telegram_bot import create_bot
from notification_service.client.telegram_talk import TelegramTalk
from notification_service.config.settings import TelegramSettings
from notification_service.converter.wording import TemplateWording


class SpeakingModule(Module):
    def __init__(self, settings: TelegramSettings) -> None:
        self._settings = settings

    @singleton
    @provider
    def bot(self) -> Bot:
        token = self._settings.telegram_bot_token.get_secret_value()
        proxy = self._settings.telegram_proxy
        return create_bot(
            token,
            self._settings.telegram_api_url,
            proxy=proxy.get_secret_value() if proxy else None,
        )

    @provider
    def talk(self, bot: Bot) -> TelegramTalk:
        return TelegramTalk(bot)

    @singleton
    @provider
    def wording(self) -> TemplateWording:
        return TemplateWording(self._settings.notification_language)
