"""The right to charge for one order."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from libs.postgres.set_back import SET_BACK_S
from order_service.model.payment_method import PaymentMethod

CLAIM_AGE_S = 10
"""Seconds after which a claim is stale: its holder died or never got an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One payment of one order by one method. A takeover gets a new claim_id."""

    claim_id: UUID
    order_uuid: UUID
    user_uuid: UUID
    method: PaymentMethod
    paying_since: datetime
    may_be_charged: bool = False
    """Whether an earlier holder of this claim may have charged."""
    doubt: str | None = None
    """Why it is unknown whether the order was charged; such a claim waits for an operator."""

    def is_stale(self, at: datetime) -> bool:
        """Whether it may be taken over: it is old, or the clock was set back since."""
        age = at - self.paying_since
        return age > timedelta(seconds=CLAIM_AGE_S) or age < -timedelta(seconds=SET_BACK_S)

    def goes_over_to(self, claim_id: UUID, *, at: datetime) -> bool:
        """Whether it is stale, or is already held under this claim_id."""
        return self.claim_id == claim_id or self.is_stale(at)

    def taken_over(self, claim_id: UUID, *, at: datetime) -> Self:
        return replace(self, claim_id=claim_id, paying_since=at, may_be_charged=True)
