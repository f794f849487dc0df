"""What every role and every command does first."""

from typing import TypeVar

from libs.logging.setup import configure_logging
from libs.metrics.serving import serve_metrics
from libs.settings.base import from_environment
from libs.settings.groups import ProcessSettings, RoleSettings

S = TypeVar("S", bound=ProcessSettings)

R = TypeVar("R", bound=RoleSettings)


def start(settings_class: type[S]) -> S:
    """Read the settings and set up the logs. Exits 78 if the environment is invalid."""
    settings = from_environment(settings_class)
    configure_logging(settings.logger_level, as_json=settings.logger_as_json)
    return settings


def start_role(settings_class: type[R]) -> R:
    """Do the same, and serve the metrics."""
    settings = start(settings_class)
    serve_metrics(settings.metrics_host, settings.metrics_port)
    return settings
