"""Charging an order."""

from uuid import UUID

import structlog

from payment_service.model.payment import Payment

log = structlog.get_logger(__name__)


class ChargeOrder:
    """Charges once per order: nothing is stored, the transaction follows from the order alone."""

    def __call__(self, payment: Payment) -> UUID:
        """Charge and return the transaction's id; a repeat returns the same one."""
        log.info(
            "order_charged",
            order_id=str(payment.order_id),
            user_id=str(payment.user_id),
            method=payment.method.value,
            transaction_id=str(payment.transaction_id),
        )
        return payment.transaction_id
