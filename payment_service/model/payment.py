"""A payment and its transaction."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid5

TRANSACTIONS = UUID("8f1d7c52-3f0e-5b6a-9c5d-2a7be4f0c1d9")
"""Namespace of transaction uuids. Changing it would charge every repeated payment again."""


class PaymentMethod(StrEnum):
    CARD = "CARD"
    SBP = "SBP"
    CREDIT_CARD = "CREDIT_CARD"
    INVESTOR_MONEY = "INVESTOR_MONEY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    order_uuid: UUID
    user_uuid: UUID
    method: PaymentMethod

    @property
    def transaction_uuid(self) -> UUID:
        """Depends on the order only: the same for any method, in any process, at any time."""
        return uuid5(TRANSACTIONS, str(self.order_uuid))
