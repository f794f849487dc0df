"""The right to charge for one order."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from libs.postgres.set_back import SET_BACK_S
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

    def is_stale(self, at: datetime) -> bool:
        """Whether its holder is given up: it is old, or of a clock that was set back since."""
        age = at - self.paying_since
        return age > timedelta(seconds=CLAIM_AGE_S) or age < -timedelta(seconds=SET_BACK_S)

    def goes_over_to(self, claim_id: UUID, *, at: datetime) -> bool:
        """Whether it is stale, or the same claim_id meets its own claim again."""
        return self.claim_id == claim_id or self.is_stale(at)

    def taken_over(self, claim_id: UUID, *, at: datetime) -> Self:
        return replace(self, claim_id=claim_id, paying_since=at, may_be_charged=True)
