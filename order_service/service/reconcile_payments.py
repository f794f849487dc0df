"""Payments that somebody began and nobody finished."""

from datetime import timedelta
from threading import Event

import structlog

from libs.clock import Clock
from libs.errors import Conflict, Unavailable
from order_service.model.claim import Claim
from order_service.model.errors import NotCharged
from order_service.service.finish_payment import FinishPayment
from order_service.service.ports import AsTheOnlyOne, InParallel, NewId, OrderRepository

LONGEST_RUN = timedelta(seconds=20)
"""No payment is begun after it: with the last one's 5 s a run stays below the 30 s of a task."""

log = structlog.get_logger(__name__)


class ReconcilePayments:
    def __init__(
        self,
        orders: OrderRepository,
        finish_payment: FinishPayment,
        *,
        as_the_only_one: AsTheOnlyOne,
        in_parallel: InParallel,
        new_id: NewId,
        clock: Clock,
    ) -> None:
        self._orders = orders
        self._finish_payment = finish_payment
        self._as_the_only_one = as_the_only_one
        self._in_parallel = in_parallel
        self._new_id = new_id
        self._clock = clock

    def __call__(self) -> int:
        """Take over stale claims until none is left, and finish their payments.

        Returns how many orders were paid. The oldest is finished alone, the others several at a
        time. The first Unavailable ends the run: its claim is kept and taken over again when it is
        stale. Raises Unavailable only without a database.
        """
        with self._as_the_only_one() as only_one:
            return self._run() if only_one else 0

    def _run(self) -> int:
        until = self._clock() + LONGEST_RUN
        over = Event()

        def finish_others() -> int:
            paid = 0
            while not over.is_set() and self._clock() <= until:
                paid += self._finish_oldest(over)
            return paid

        paid = int(self._finish_oldest(over))
        return paid if over.is_set() else paid + sum(self._in_parallel(finish_others))

    def _finish_oldest(self, over: Event) -> bool:
        """Return whether an order was paid; say if no other one is to be tried in this run."""
        asked_at = self._clock()
        claim = self._orders.take_over_stale_claim(self._new_id())
        if claim is None:
            over.set()
            return False
        try:
            self._finish_payment(claim, claimed_after=asked_at)
        except (NotCharged, Conflict) as error:
            _log("payment_not_finished", claim, error)
            return False
        except Unavailable as error:
            _log("payment_postponed", claim, error)
            over.set()
            return False
        log.info("payment_finished", order_uuid=str(claim.order_uuid))
        return True


def _log(event: str, claim: Claim, error: Exception) -> None:
    log.warning(event, order_uuid=str(claim.order_uuid), reason=str(error))
