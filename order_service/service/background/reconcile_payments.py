"""Finishes payments that were begun and not finished."""

from datetime import timedelta
from threading import Event

import structlog

from libs.clock import Clock
from libs.errors import Conflict, Unavailable
from libs.locks import TryLock
from order_service.model.claim import Claim
from order_service.model.errors import PaymentInDoubt
from order_service.service.orders.finish_payment import FinishPayment
from order_service.service.orders.ports import InParallel, NewId, OrderRepository

LONGEST_RUN = timedelta(seconds=20)
"""Begin no payment after it: with the last one's 5 s a run stays below the task's 30 s limit."""

FAILURES_IN_A_ROW = 5
"""Consecutive failed payments after which a run takes the payment service to be unavailable.
One order that never gets an answer must not end the run for all others."""

log = structlog.get_logger(__name__)


class _Run:
    """Decides whether to try another payment; shared by the threads of one run."""

    def __init__(self) -> None:
        self._failures = 0
        self._over = Event()

    @property
    def is_over(self) -> bool:
        return self._over.is_set()

    def end(self) -> None:
        self._over.set()

    def answered(self) -> None:
        self._failures = 0

    def failed(self) -> None:
        self._failures += 1
        if self._failures >= FAILURES_IN_A_ROW:
            self._over.set()


class ReconcilePayments:
    def __init__(
        self,
        orders: OrderRepository,
        finish_payment: FinishPayment,
        *,
        try_lock: TryLock,
        in_parallel: InParallel,
        new_id: NewId,
        clock: Clock,
    ) -> None:
        self._orders = orders
        self._finish_payment = finish_payment
        self._try_lock = try_lock
        self._in_parallel = in_parallel
        self._new_id = new_id
        self._clock = clock

    def __call__(self) -> int:
        """Take over stale claims until none is left, and finish their payments.

        Returns how many orders were paid. Finishes the oldest alone, then the others in parallel.
        A payment that ends Unavailable keeps its claim, which is taken over again when it is
        stale; several in a row end the run. A payment in doubt is left to an operator and logged
        as an ERROR once. Raises Unavailable only if the database is unavailable.
        """
        with self._try_lock() as is_held:
            return self._run() if is_held else 0

    def _run(self) -> int:
        until = self._clock() + LONGEST_RUN
        run = _Run()

        def finish_others() -> int:
            paid = 0
            while not run.is_over and self._clock() <= until:
                paid += self._finish_oldest(run)
            return paid

        paid = int(self._finish_oldest(run))
        return paid if run.is_over else paid + sum(self._in_parallel(finish_others))

    def _finish_oldest(self, run: _Run) -> bool:
        """Return whether an order was paid; report the outcome to the run."""
        asked_at = self._clock()
        claim = self._orders.take_over_stale_claim(self._new_id())
        if claim is None:
            run.end()
            return False
        try:
            self._finish_payment(claim, claimed_after=asked_at)
        except PaymentInDoubt as error:
            run.answered()
            self._leave_to_an_operator(claim, error)
            return False
        except Conflict as error:
            run.answered()
            _log("payment_not_finished", claim, error)
            return False
        except Unavailable as error:
            run.failed()
            _log("payment_postponed", claim, error)
            return False
        run.answered()
        log.info("payment_finished", order_uuid=str(claim.order_uuid))
        return True

    def _leave_to_an_operator(self, claim: Claim, error: PaymentInDoubt) -> None:
        if self._orders.leave_in_doubt(claim, error.reason):
            log.error(
                "payment_in_doubt",
                order_uuid=str(claim.order_uuid),
                method=claim.method.value,
                reason=error.reason,
            )


def _log(event: str, claim: Claim, error: Exception) -> None:
    log.warning(event, order_uuid=str(claim.order_uuid), reason=str(error))
