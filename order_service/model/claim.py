"""The right to charge for one order."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from order_service.model.payment_method import PaymentMethod

CLAIM_AGE_S = 10
"""Seconds after which a claim may be taken over: whoever held it died, or was never answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One payment of one order by one method; a takeover gets a claim_id of its own."""

    claim_id: UUID
    order_uuid: UUID
    user_uuid: UUID
    method: PaymentMethod
    paying_since: datetime
    may_be_charged: bool = False
    """Whether somebody held this claim before, whose attempt may have charged."""
    doubt: str | None = None
    """Why nobody knows whether it was charged: it waits for an operator."""

    def gives_way_to(self, newer: "Claim", *, stale_before: datetime) -> bool:
        if self.claim_id == newer.claim_id:
            return True
        return self.paying_since < stale_before and self.method is newer.method
