"""An order and all its moves. The repository's SQL mirrors this file.

A move returns the moved order. If nothing moves it returns the same order, or raises if the
caller must know. tests/contract/order_service/test_moves.py runs each move from every state
here and in PostgreSQL.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Self
from uuid import UUID

from order_service.model.claim import Claim
from order_service.model.errors import (
    OrderNotAssemblable,
    OrderNotCancellable,
    OrderNotPayable,
    PaymentInFlight,
    PaymentNotInDoubt,
)
from order_service.model.payment_method import PaymentMethod

MAX_TOTAL_PRICE = Decimal("9999999999.99")
"""The largest value of NUMERIC(12, 2)."""


class OrderStatus(StrEnum):
    PENDING_PAYMENT = "PENDING_PAYMENT"
    PAID = "PAID"
    ASSEMBLED = "ASSEMBLED"
    CANCELLED = "CANCELLED"


class Move(NamedTuple):
    """A change of status; only these three exist. Claims exist only before PAYING."""

    begins: OrderStatus
    ends: OrderStatus


PAYING = Move(OrderStatus.PENDING_PAYMENT, OrderStatus.PAID)
CANCELLING = Move(OrderStatus.PENDING_PAYMENT, OrderStatus.CANCELLED)
ASSEMBLING = Move(OrderStatus.PAID, OrderStatus.ASSEMBLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Has a claim only while a payment is in flight; the method becomes final with PAID."""

    order_uuid: UUID
    user_uuid: UUID
    part_uuids: tuple[UUID, ...]
    total_price: Decimal
    created_at: datetime
    status: OrderStatus = OrderStatus.PENDING_PAYMENT
    claim: Claim | None = None
    payment_method: PaymentMethod | None = None
    transaction_uuid: UUID | None = None
    paid_at: datetime | None = None
    assembled_at: datetime | None = None
    build_time_s: int | None = None

    def claimed(self, claim_id: UUID, method: PaymentMethod, *, at: datetime) -> Self:
        """Claim the order for one payment. A stale claim is taken over by the same method only.

        A repeat with the same claim_id succeeds. Raises OrderNotPayable, PaymentInFlight.
        """
        self.ensure_payable()
        if self.claim is None:
            claim = Claim(
                claim_id=claim_id,
                order_uuid=self.order_uuid,
                user_uuid=self.user_uuid,
                method=method,
                paying_since=at,
            )
            return replace(self, claim=claim)
        is_mine = self.claim.claim_id == claim_id
        if is_mine or (self.claim.is_stale(at) and self.claim.method is method):
            return replace(self, claim=self.claim.taken_over(claim_id, at=at))
        raise PaymentInFlight(self.order_uuid)

    def taken_over(self, claim_id: UUID, *, at: datetime) -> Self:
        """Take over a stale claim to finish its payment; leaves a claim in doubt to an operator."""
        if self.claim is None or self.claim.doubt is not None:
            return self
        if not self.claim.goes_over_to(claim_id, at=at):
            return self
        return replace(self, claim=self.claim.taken_over(claim_id, at=at))

    def left_in_doubt(self, claim: Claim, reason: str) -> Self:
        """Mark the claim as in doubt, for an operator; does not change another holder's claim."""
        if self.claim is None or self.claim.claim_id != claim.claim_id:
            return self
        return replace(self, claim=replace(self.claim, doubt=reason))

    def doubt_taken_over(self, claim_id: UUID, *, at: datetime) -> Self:
        """Take over a stale claim in doubt. To settle it, pay the order or release the claim.

        Raises PaymentNotInDoubt, also while another attempt to pay is running.
        """
        if self.claim is None or self.claim.doubt is None:
            raise PaymentNotInDoubt(self.order_uuid)
        if not self.claim.goes_over_to(claim_id, at=at):
            raise PaymentNotInDoubt(self.order_uuid)
        return replace(self, claim=self.claim.taken_over(claim_id, at=at))

    def released(self, claim: Claim) -> Self:
        """Remove the claim and its doubt; does not change another holder's claim."""
        if self.claim is None or self.claim.claim_id != claim.claim_id:
            return self
        return replace(self, claim=None)

    def paid(self, claim: Claim, transaction_uuid: UUID, *, at: datetime) -> Self:
        """Move to PAID; a repeat with the same transaction changes nothing.

        The transaction proves the charge, so an order without a claim becomes PAID too. Raises
        OrderNotPayable, and PaymentInFlight when another payment holds the claim.
        """
        if self.transaction_uuid == transaction_uuid:
            return self
        self.ensure_payable()
        if self.claim is not None and self.claim.claim_id != claim.claim_id:
            raise PaymentInFlight(self.order_uuid)
        return replace(
            self,
            status=PAYING.ends,
            claim=None,
            payment_method=claim.method,
            transaction_uuid=transaction_uuid,
            paid_at=at,
        )

    def cancelled(self) -> Self:
        """Move to CANCELLED; a repeat changes nothing.

        Raises OrderNotCancellable, PaymentInFlight.
        """
        if self.status is CANCELLING.ends:
            return self
        if self.status is not CANCELLING.begins:
            raise OrderNotCancellable(self.order_uuid, self.status)
        if self.claim is not None:
            raise PaymentInFlight(self.order_uuid)
        return replace(self, status=CANCELLING.ends)

    def assembled(self, build_time_s: int, *, at: datetime) -> Self:
        """Move to ASSEMBLED; a repeat changes nothing. Raises OrderNotAssemblable."""
        if self.status is ASSEMBLING.ends:
            return self
        if self.status is not ASSEMBLING.begins:
            raise OrderNotAssemblable(self.order_uuid, self.status)
        return replace(self, status=ASSEMBLING.ends, assembled_at=at, build_time_s=build_time_s)

    def ensure_payable(self) -> None:
        if self.status is not PAYING.begins:
            raise OrderNotPayable(self.order_uuid, self.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """The result of a batch of ShipAssembled, by what happened to the orders.

    Foreign producers may send orders that are unknown, cancelled or not paid. Locked are paid
    orders that another transaction is writing.
    """

    moved: int = 0
    repeated: int = 0
    not_paid: tuple[UUID, ...] = ()
    unknown: tuple[UUID, ...] = ()
    locked: tuple[UUID, ...] = ()
