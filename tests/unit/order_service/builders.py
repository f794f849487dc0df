"""Builders of orders and claims, and a clock that a test advances."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from order_service.model.claim import Claim
from order_service.model.delivery import Delivery, DeliveryState
from order_service.model.order import Order, OrderStatus
from order_service.model.payment_method import PaymentMethod

ORDER = UUID("11111111-1111-4111-8111-111111111111")
USER = UUID("22222222-2222-4222-8222-222222222222")
ENGINE = UUID("33333333-3333-4333-8333-333333333333")
WING = UUID("44444444-4444-4444-8444-444444444444")
TRANSACTION = UUID("55555555-5555-4555-8555-555555555555")
CLAIM = UUID("66666666-6666-4666-8666-666666666666")
OTHER_CLAIM = UUID("77777777-7777-4777-8777-777777777777")

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class HandClock:
    moment: datetime = NOON

    def __call__(self) -> datetime:
        return self.moment

    def pass_s(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


def an_order(**changes: Any) -> Order:
    return Order(
        **{
            "order_uuid": ORDER,
            "user_uuid": USER,
            "part_uuids": (ENGINE, WING),
            "total_price": Decimal("99.90"),
            "created_at": NOON,
            **changes,
        }
    )


def a_paid_order(**changes: Any) -> Order:
    return an_order(
        **{
            "status": OrderStatus.PAID,
            "payment_method": PaymentMethod.CARD,
            "transaction_uuid": TRANSACTION,
            "paid_at": NOON,
            **changes,
        }
    )


def a_delivery(**changes: Any) -> Delivery:
    return Delivery(
        **{
            "order_uuid": ORDER,
            "kind": "paid",
            "state": DeliveryState.SENT,
            "attempts": 0,
            "created_at": NOON,
            "sent_at": NOON + timedelta(seconds=2),
            **changes,
        }
    )


def a_claim(**changes: Any) -> Claim:
    return Claim(
        **{
            "claim_id": CLAIM,
            "order_uuid": ORDER,
            "user_uuid": USER,
            "method": PaymentMethod.CARD,
            "paying_since": NOON,
            **changes,
        }
    )
