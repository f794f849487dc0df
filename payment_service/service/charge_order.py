"""Charges an order."""

from uuid import UUID

import structlog

from payment_service.model.payment import Payment

log = structlog.get_logger(__name__)


class ChargeOrder:
    """Charges once per order. Stores nothing: the transaction is derived from the order's id."""

    def __call__(self, payment: Payment) -> UUID:
        """Charge and return the transaction's uuid; a repeat returns the same one."""
        log.info(
            "order_charged",
            order_uuid=str(payment.order_uuid),
            user_uuid=str(payment.user_uuid),
            method=payment.method.value,
            transaction_uuid=str(payment.transaction_uuid),
        )
        return payment.transaction_uuid
