"""Returns an order."""

from uuid import UUID

from order_service.model.order import Order
from order_service.service.orders.ports import OrderRepository


class GetOrder:
    def __init__(self, orders: OrderRepository) -> None:
        self._orders = orders

    def __call__(self, order_uuid: UUID) -> Order:
        """Return the current order. Raises OrderNotFound, Unavailable."""
        return self._orders.get(order_uuid)
