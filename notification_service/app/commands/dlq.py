import typer

from libs.kafka.dead_letters.commands import dead_letter_cli
from notification_service.config.settings import DlqSettings


def dlq_cli() -> typer.Typer:
    """Build the commands for the consumer's dead letters."""
    return dead_letter_cli(DlqSettings, lambda settings: settings.groups)
