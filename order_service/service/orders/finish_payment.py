"""From a claim to a paid order: the half of a payment that may have to be done again."""

from datetime import datetime, timedelta
from uuid import UUID

from libs.clock import Clock
from libs.errors import Unavailable
from libs.lifecycle.crashing import crash_point
from order_service.model.claim import CLAIM_AGE_S, Claim
from order_service.model.errors import NotCharged, PaymentInDoubt, PaymentUnavailable
from order_service.model.events import order_paid
from order_service.service.orders.ports import OrderRepository, PaymentGateway

LONGEST_CHARGE_S = 5
"""Seconds that a call of the payment service may take."""

CLAIM_TO_CHARGE = timedelta(seconds=CLAIM_AGE_S - LONGEST_CHARGE_S)
"""A process that was frozen for longer than this may have lost its claim: it must not charge."""


class FinishPayment:
    def __init__(self, orders: OrderRepository, payments: PaymentGateway, *, clock: Clock) -> None:
        self._orders = orders
        self._payments = payments
        self._clock = clock

    def __call__(self, claim: Claim, *, claimed_after: datetime) -> UUID:
        """Charge, then move the order to PAID together with its event.

        claimed_after is a moment of this process's clock before it asked for the claim. Repeats
        meet the same transaction. When it is not known whether the order was charged, the claim
        is kept, so that nobody can cancel, and somebody takes it over later: PaymentUnavailable,
        PaymentTimedOut. A refusal gives the claim back: NotCharged. After an attempt that may have
        charged it proves nothing, and the claim is kept: PaymentInDoubt.
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
