"""Starts the countdowns of ships when OrderPaid arrives."""

from collections.abc import Sequence
from datetime import datetime

from assembly_service.model.bucket import into_buckets
from assembly_service.model.build_time import BuildTimes, remaining_s
from assembly_service.model.order_paid import OrderPaid
from assembly_service.model.ship import Ship
from assembly_service.service.ports import BuildTimer
from libs.clock import Clock


class StartBuilding:
    def __init__(self, timer: BuildTimer, build_times: BuildTimes, clock: Clock) -> None:
        self._timer = timer
        self._build_times = build_times
        self._clock = clock

    def __call__(self, events: Sequence[OrderPaid]) -> None:
        """Hand every ship to the timer. Raises Unavailable.

        A repeat gives each ship the same build time and only the rest of its wait. The second
        publication has the same event id.
        """
        now = self._clock()
        waiting = [self._waiting(event, now) for event in events]
        self._timer.publish_later(into_buckets(waiting, now=now))

    def _waiting(self, event: OrderPaid, now: datetime) -> tuple[Ship, float]:
        build_time_s = self._build_times.of(event.event_uuid)
        ship = Ship(
            paid_event_uuid=event.event_uuid,
            order_uuid=event.order_uuid,
            user_uuid=event.user_uuid,
            build_time_s=build_time_s,
            traceparent=event.traceparent,
        )
        return ship, remaining_s(event.recorded_at, build_time_s, now)
