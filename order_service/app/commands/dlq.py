import typer

from libs.kafka.dead_letters.commands import OwnLetters, dead_letter_door
from libs.settings.base import from_environment
from order_service.config.settings import DlqSettings


def own_letters() -> OwnLetters:
    """Read the settings; the letters of the one topic that this service reads."""
    settings = from_environment(DlqSettings)
    return OwnLetters(
        settings=settings,
        state_dir=settings.state_dir,
        groups={settings.order_assembled_topic: settings.order_assembled_group},
    )


def letters_door() -> typer.Typer:
    return dead_letter_door(own_letters)
