"""Cancels an order."""

from uuid import UUID

from order_service.service.orders.ports import OrderRepository


class CancelOrder:
    def __init__(self, orders: OrderRepository) -> None:
        self._orders = orders

    def __call__(self, order_uuid: UUID) -> None:
        """Cancel an order that has no payment; a repeat changes nothing.

        Raises OrderNotFound, OrderNotCancellable, PaymentInFlight, Unavailable.
        """
        self._orders.cancel(order_uuid)
