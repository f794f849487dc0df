"""The Celery task of this service."""

from collections.abc import Callable, Sequence
from typing import Any

from assembly_service.converter.tasks import ships_from_task
from assembly_service.model.ship import Ship

PublishShips = Callable[[Sequence[Ship]], None]


def publish_ships_task(publish_ships: PublishShips) -> Callable[..., None]:
    def publish_ship_assembled(ships: list[dict[str, Any]]) -> None:
        publish_ships(ships_from_task(ships))

    return publish_ship_assembled
