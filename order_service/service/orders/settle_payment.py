"""Records how a payment in doubt ended, as an operator found out."""

from uuid import UUID

from libs.clock import Clock
from order_service.model.events import order_paid
from order_service.service.orders.ports import NewId, OrderRepository


class SettlePayment:
    def __init__(self, orders: OrderRepository, *, new_id: NewId, clock: Clock) -> None:
        self._orders = orders
        self._new_id = new_id
        self._clock = clock

    def charged(self, order_uuid: UUID, transaction_uuid: UUID) -> None:
        """Move the order to PAID and add its event, as its payment would have done.

        Raises OrderNotFound, PaymentNotInDoubt, Unavailable.
        """
        claim = self._orders.take_over_doubt(order_uuid, self._new_id())
        event = order_paid(claim, transaction_uuid, at=self._clock())
        self._orders.mark_paid(claim, transaction_uuid, announce=event)

    def not_charged(self, order_uuid: UUID) -> None:
        """Release the claim, so that the order can be paid or cancelled.

        Raises OrderNotFound, PaymentNotInDoubt, Unavailable.
        """
        self._orders.release_claim(self._orders.take_over_doubt(order_uuid, self._new_id()))
