"""How an order can be paid."""

from enum import StrEnum


class PaymentMethod(StrEnum):
    CARD = "CARD"
    SBP = "SBP"
    CREDIT_CARD = "CREDIT_CARD"
    INVESTOR_MONEY = "INVESTOR_MONEY"
