"""Publishes OrderPaid again for paid orders whose ships are overdue."""

import time
from collections.abc import Iterator

import structlog

from libs.locks import TryLock
from libs.resilience.monotonic import MonotonicClock
from order_service.model.outbox import PaidOrder, Redriven
from order_service.service.background.ports import Outbox

ORDERS_A_PAGE = 1000

LONGEST_RUN_S = 20.0
"""Begin no page after it: a task may run for 30 s."""

ALARMING_REDRIVES = 3
"""From this redrive on, log an error: a redrive does not fix what is broken."""

NAMED_IN_LOG = 20

log = structlog.get_logger(__name__)


class RedriveOrders:
    def __init__(
        self,
        outbox: Outbox,
        *,
        try_lock: TryLock,
        monotonic: MonotonicClock = time.monotonic,
    ) -> None:
        self._outbox = outbox
        self._try_lock = try_lock
        self._monotonic = monotonic

    def __call__(self) -> int:
        """Queue the overdue orders' events again; return how many. Raises Unavailable.

        The relay publishes them with the same ids and times, so a ship that is only late is still
        built once.
        """
        with self._try_lock() as is_held:
            return self._run() if is_held else 0

    def _run(self) -> int:
        redriven = 0
        stuck: list[str] = []
        for each in self._redriven():
            redriven += 1
            if each.redrives >= ALARMING_REDRIVES:
                stuck.append(str(each.order_uuid))
        if redriven:
            log.warning("orders_redriven", orders=redriven)
        if stuck:
            log.error("orders_stuck", orders=len(stuck), order_uuids=stuck[:NAMED_IN_LOG])
        return redriven

    def _redriven(self) -> Iterator[Redriven]:
        """Go through all orders that wait for their ships, earliest payment first."""
        until_s = self._monotonic() + LONGEST_RUN_S
        after: PaidOrder | None = None
        while self._monotonic() <= until_s:
            page = self._outbox.redrive_overdue(limit=ORDERS_A_PAGE, after=after)
            yield from page.redriven
            if page.last is None:
                return
            after = page.last
