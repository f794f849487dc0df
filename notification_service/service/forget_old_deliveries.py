"""Deletes finished deliveries once no replay of their topics can bring their events back."""

from datetime import timedelta

import structlog

from libs.clean_up import delete_in_batches
from notification_service.service.ports import DeliveryRepository, SingleFlight

KEEP = timedelta(days=60)
"""Longer than topics (7 days) and dead letters (14): a replay from offset 0 tells nothing twice."""

log = structlog.get_logger(__name__)


class ForgetOldDeliveries:
    def __init__(self, deliveries: DeliveryRepository, single_flight: SingleFlight) -> None:
        self._deliveries = deliveries
        self._single_flight = single_flight

    def __call__(self) -> None:
        """Delete them in batches. Does nothing while another run does. Raises Unavailable."""
        with self._single_flight("forget_old_deliveries") as alone:
            if alone and (count := delete_in_batches(self._forget)):
                log.info("old_deliveries_forgotten", count=count)

    def _forget(self, limit: int) -> int:
        return self._deliveries.forget(older_than=KEEP, limit=limit)
