"""An order, its states, and the legal moves between them."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Self
from uuid import UUID

from order_service.model.claim import Claim
from order_service.model.errors import OrderNotCancellable, OrderNotPayable, PaymentInFlight
from order_service.model.payment_method import PaymentMethod

LARGEST_TOTAL_PRICE = Decimal("9999999999.99")
"""What a price of twelve digits, two of them decimals, can hold."""


class OrderStatus(StrEnum):
    PENDING_PAYMENT = "PENDING_PAYMENT"
    PAID = "PAID"
    ASSEMBLED = "ASSEMBLED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A claim is held only while a payment is in flight; its method becomes final with PAID."""

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

    def claimed(self, claim: Claim, *, stale_before: datetime) -> Self:
        """Hold the order for one payment; a stale claim is taken over by the same method only.

        Raises OrderNotPayable, PaymentInFlight.
        """
        self.ensure_payable()
        if self.claim is not None and not self.claim.gives_way_to(claim, stale_before=stale_before):
            raise PaymentInFlight(self.order_uuid)
        return replace(self, claim=claim)

    def released(self, claim: Claim) -> Self:
        """Give the claim up; somebody else's claim stays."""
        if self.claim is None or self.claim.claim_id != claim.claim_id:
            return self
        return replace(self, claim=None)

    def pay(self, claim: Claim, transaction_uuid: UUID, *, at: datetime) -> Self:
        """Move to PAID; the same transaction again changes nothing.

        A charge is proven by its transaction, so an order that nobody claims any more is paid
        too. Raises OrderNotPayable, PaymentInFlight when another payment holds the claim.
        """
        if self.transaction_uuid == transaction_uuid:
            return self
        self.ensure_payable()
        if self.claim is not None and self.claim.claim_id != claim.claim_id:
            raise PaymentInFlight(self.order_uuid)
        return replace(
            self,
            status=OrderStatus.PAID,
            claim=None,
            payment_method=claim.method,
            transaction_uuid=transaction_uuid,
            paid_at=at,
        )

    def cancel(self) -> Self:
        """Move to CANCELLED; a repeat changes nothing.

        Raises OrderNotCancellable, PaymentInFlight.
        """
        match self.status:
            case OrderStatus.CANCELLED:
                return self
            case OrderStatus.PENDING_PAYMENT if self.claim is not None:
                raise PaymentInFlight(self.order_uuid)
            case OrderStatus.PENDING_PAYMENT:
                return replace(self, status=OrderStatus.CANCELLED)
            case _:
                raise OrderNotCancellable(self.order_uuid, self.status)

    def ensure_payable(self) -> None:
        if self.status is not OrderStatus.PENDING_PAYMENT:
            raise OrderNotPayable(self.order_uuid, self.status)
