"""Pays an order."""

from uuid import UUID

from libs.clock import Clock
from libs.lifecycle.crashing import crash_point
from order_service.model.errors import OrderNotPayable
from order_service.model.payment_method import PaymentMethod
from order_service.service.orders.finish_payment import FinishPayment
from order_service.service.orders.ports import NewId, OrderRepository


class PayOrder:
    def __init__(
        self,
        orders: OrderRepository,
        finish_payment: FinishPayment,
        *,
        new_id: NewId,
        clock: Clock,
    ) -> None:
        self._orders = orders
        self._finish_payment = finish_payment
        self._new_id = new_id
        self._clock = clock

    def __call__(self, order_uuid: UUID, method: PaymentMethod, *, is_repeat: bool = False) -> UUID:
        """Claim the order, charge outside a database transaction, mark it PAID.

        Returns the payment's transaction. Of two concurrent calls one wins and the other raises
        PaymentInFlight. With is_repeat, an order already paid by the same method is a success: an
        earlier attempt may have charged and the reconciler finished it. Raises OrderNotFound,
        OrderNotPayable, PaymentInFlight, NotCharged, PaymentInDoubt, Unavailable.
        """
        asked_at = self._clock()
        try:
            claim = self._orders.claim_for_payment(order_uuid, method, claim_id=self._new_id())
        except OrderNotPayable:
            order = self._orders.get(order_uuid)
            if is_repeat and order.payment_method is method and order.transaction_uuid:
                return order.transaction_uuid
            raise
        crash_point("after_claim")
        return self._finish_payment(claim, claimed_after=asked_at)
