"""Charges for a claimed order and marks it PAID; the part of a payment that is retried."""

from datetime import datetime, timedelta
from uuid import UUID

from libs.clock import Clock
from libs.errors import Unavailable
from libs.lifecycle.crashing import crash_point
from order_service.model.claim import CLAIM_AGE_S, Claim
from order_service.model.errors import NotCharged, PaymentInDoubt, PaymentUnavailable
from order_service.model.events import order_paid
from order_service.service.orders.ports import OrderRepository, PaymentGateway

CHARGE_TIMEOUT_S = 5
"""Deadline of a call to the payment service."""

CLAIM_TO_CHARGE = timedelta(seconds=CLAIM_AGE_S - CHARGE_TIMEOUT_S)
"""A process that was frozen for longer may have lost its claim and must not charge."""


class FinishPayment:
    def __init__(self, orders: OrderRepository, payments: PaymentGateway, *, clock: Clock) -> None:
        self._orders = orders
        self._payments = payments
        self._clock = clock

    def __call__(self, claim: Claim, *, claimed_after: datetime) -> UUID:
        """Charge, then move the order to PAID together with its event.

        claimed_after is this process's time before it asked for the claim. A repeat returns the
        same transaction. Raises:

        - PaymentUnavailable, PaymentTimedOut: it is unknown whether the order was charged. Keeps
          the claim, so the order cannot be cancelled and the claim is taken over later.
        - NotCharged: refused. Releases the claim.
        - PaymentInDoubt: refused after an attempt that may have charged. Keeps the claim.
        """
        if self._clock() - claimed_after > CLAIM_TO_CHARGE:
            raise PaymentUnavailable(claim.order_uuid)
        transaction_uuid = self._charge(claim)
        crash_point("after_charge")
        event = order_paid(claim, transaction_uuid, at=self._clock())
        try:
            self._orders.mark_paid(claim, transaction_uuid, announce=event)
        except Unavailable as error:
            raise PaymentUnavailable(claim.order_uuid) from error
        crash_point("after_paid_commit")
        return transaction_uuid

    def _charge(self, claim: Claim) -> UUID:
        try:
            return self._payments.pay(claim)
        except NotCharged as refusal:
            if claim.may_be_charged:
                raise PaymentInDoubt(claim.order_uuid, str(refusal)) from refusal
            self._orders.release_claim(claim)
            raise
