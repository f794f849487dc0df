"""What every role does first."""

from libs.logging.setup import configure_logging
from libs.settings.base import from_environment
from order_service.config.settings import OrderSettings

SERVICE = "order_service"


def start() -> OrderSettings:
    """Read the settings and set up the logs."""
    settings = from_environment(OrderSettings)
    configure_logging(settings.logger_level, as_json=settings.logger_as_json)
    return settings
