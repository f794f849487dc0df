"""The Celery task of this service."""

from collections.abc import Callable, Sequence
from typing import Any

from celery import Celery

from assembly_service.converter.tasks import PUBLISH_SHIPS_TASK, ships_from_task
from assembly_service.model.ship import Ship
from libs.tasks.registering import register_task


def register_tasks(app: Celery, publish_ships: Callable[[Sequence[Ship]], None]) -> None:
    """Register the task."""

    def publish(**arguments: Any) -> None:
        publish_ships(ships_from_task(**arguments))

    register_task(app, PUBLISH_SHIPS_TASK, publish)
