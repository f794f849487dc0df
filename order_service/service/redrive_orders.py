"""Paid orders whose ships do not come are asked for again."""

import structlog

from order_service.service.background_ports import Outbox
from order_service.service.ports import AsTheOnlyOne

ORDERS_A_RUN = 200

ALARMING_REDRIVES = 3
"""From this redrive on, something is broken that a redrive does not mend."""

NAMED_IN_LOG = 20

log = structlog.get_logger(__name__)


class RedriveOrders:
    def __init__(self, outbox: Outbox, *, as_the_only_one: AsTheOnlyOne) -> None:
        self._outbox = outbox
        self._as_the_only_one = as_the_only_one

    def __call__(self) -> int:
        """Put the overdue orders' events back into the outbox; return how many. Raises Unavailable.

        The relay publishes them again, under the same ids and times: an order whose ship is only
        late is built once all the same.
        """
        with self._as_the_only_one() as only_one:
            return self._run() if only_one else 0

    def _run(self) -> int:
        redriven = self._outbox.redrive_overdue(limit=ORDERS_A_RUN)
        if redriven:
            log.warning("orders_redriven", orders=len(redriven))
        stuck = [str(each.order_uuid) for each in redriven if each.redrives >= ALARMING_REDRIVES]
        if stuck:
            log.error("orders_stuck", orders=len(stuck), order_uuids=stuck[:NAMED_IN_LOG])
        return len(redriven)
