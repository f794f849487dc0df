from injector import Injector

from libs.health.heartbeat import Heartbeat
from libs.lifecycle.running import run_until_stopped
from libs.lifecycle.starting import start_role
from notification_service.api.bot import StartListener
from notification_service.app.di.speaking import SpeakingModule
from notification_service.client.telegram_talk import TelegramTalk
from notification_service.config.settings import SERVICE, BotSettings
from notification_service.converter.wording import TemplateWording


def run_bot() -> None:
    """Answer /start. Run one process only: Telegram allows one poller."""
    settings = start_role(BotSettings)
    injector = Injector([SpeakingModule(settings)], auto_bind=False)
    heartbeat = Heartbeat(settings.state_dir, SERVICE, "bot")
    wording = injector.get(TemplateWording)
    run_until_stopped(
        StartListener(injector.get(TelegramTalk), wording.welcome, alive=heartbeat.touch),
        closing=[heartbeat.close],
    )
