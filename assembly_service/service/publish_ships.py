"""Publishes ShipAssembled for ships whose countdown has ended."""

from collections.abc import Sequence

import structlog

from assembly_service.model.ship import Ship
from assembly_service.service.ports import ShipEvents
from libs.clock import Clock
from libs.lifecycle.crashing import crash_point

log = structlog.get_logger(__name__)


class PublishShips:
    def __init__(self, events: ShipEvents, clock: Clock) -> None:
        self._events = events
        self._clock = clock

    def __call__(self, ships: Sequence[Ship]) -> None:
        """Publish a ShipAssembled for each ship. Raises Unavailable.

        A repeat publishes the same event ids again; consumers recognise them by id.
        """
        now = self._clock()
        crash_point("before_ship_publish")
        self._events.publish([ship.assembled(now) for ship in ships])
        crash_point("after_ship_ack")
        log.info("ships_assembled", ships=len(ships))
