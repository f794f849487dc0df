"""The Celery tasks of this service and when the periodic ones run."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from celery import Celery

from libs.tasks.app import schedule
from libs.tasks.registering import register_periodic_task, register_task
from order_service.converter.tasks import (
    CLEAN_UP_TASK,
    FORGET_KEYS_TASK,
    MARK_ASSEMBLED_TASK,
    RECONCILE_TASK,
    REDRIVE_TASK,
    ships_from_task,
)
from order_service.model.events import BuiltShip

PERIODS = {
    REDRIVE_TASK: timedelta(seconds=5),
    RECONCILE_TASK: timedelta(seconds=5),
    CLEAN_UP_TASK: timedelta(minutes=1),
    FORGET_KEYS_TASK: timedelta(minutes=1),
}


def register_tasks(
    app: Celery,
    mark_assembled: Callable[[Mapping[UUID, BuiltShip]], object],
    periodic: Mapping[str, Callable[[], object]],
) -> None:
    """Register the tasks. periodic holds one use case for each name in PERIODS."""

    def mark(**arguments: Any) -> None:
        mark_assembled(ships_from_task(**arguments))

    register_task(app, MARK_ASSEMBLED_TASK, mark)
    for name in PERIODS:
        register_periodic_task(app, name, periodic[name])
    schedule(app, PERIODS)
