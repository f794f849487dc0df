"""What every role does first."""

from injector import Injector

from assembly_service.app.di import AssemblyModule
from assembly_service.config.settings import AssemblySettings
from libs.logging.setup import configure_logging
from libs.settings.base import from_environment

SERVICE = "assembly_service"


def start() -> tuple[AssemblySettings, Injector]:
    """Read the settings, set up the logs, and build the object graph; connects to nothing."""
    settings = from_environment(AssemblySettings)
    configure_logging(settings.logger_level, as_json=settings.logger_as_json)
    return settings, Injector([AssemblyModule(settings)], auto_bind=False)
