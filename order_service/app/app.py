"""What every role does first."""

from injector import Injector

from libs.logging.setup import configure_logging
from libs.settings.base import from_environment
from order_service.app.di import OrderModule
from order_service.config.settings import OrderSettings


def start() -> tuple[OrderSettings, Injector]:
    """Read the settings, set up the logs, and build the object graph; connects to nothing."""
    settings = from_environment(OrderSettings)
    configure_logging(settings.logger_level, as_json=settings.logger_as_json)
    return settings, Injector([OrderModule(settings)], auto_bind=False)
