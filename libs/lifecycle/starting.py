"""What every role and every command does first."""

from typing import TypeVar

from libs.logging.setup import configure_logging
from libs.metrics.serving import serve_metrics
from libs.settings.base import from_environment
from libs.settings.groups import ProcessSettings

S = TypeVar("S", bound=ProcessSettings)


def start(settings_class: type[S]) -> S:
    """Read the settings and set up the logs. Exits 78 if the environment is invalid."""
    settings = from_environment(settings_class)
    configure_logging(settings.logger_level, as_json=settings.logger_as_json)
    return settings


def start_role(settings_class: type[S]) -> S:
    """Do the same, and serve the metrics. For roles only: a command may run beside its role."""
    settings = start(settings_class)
    serve_metrics(settings.metrics_host, settings.metrics_port)
    return settings
