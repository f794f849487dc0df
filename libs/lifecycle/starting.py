"""What every role does first."""

from typing import TypeVar

from libs.logging.setup import configure_logging
from libs.settings.base import from_environment
from libs.settings.groups import ProcessSettings

S = TypeVar("S", bound=ProcessSettings)


def start(settings_class: type[S]) -> S:
    """Read the role's settings and set up the logs. Exits 78 if the environment is invalid."""
    settings = from_environment(settings_class)
    configure_logging(settings.logger_level, as_json=settings.logger_as_json)
    return settings
