"""What every role does first."""

import os
from typing import TypeVar

from libs.logging.setup import configure_logging
from libs.settings.base import from_environment
from libs.settings.groups import ProcessSettings

SERVICE = "notification_service"

S = TypeVar("S", bound=ProcessSettings)


def start(settings_class: type[S]) -> S:
    """Read the settings and set up the logs."""
    settings = from_environment(settings_class)
    # python-telegram-bot's own switch: without it, it warns whenever it is told how long to wait.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    configure_logging(settings.logger_level, as_json=settings.logger_as_json)
    return settings
