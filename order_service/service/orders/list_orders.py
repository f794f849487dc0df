"""Lists orders by page, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from order_service.model.order import Order
from order_service.service.orders.ports import OrderFilter, OrderRepository, PagePosition


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    orders: Sequence[Order]
    next_position: PagePosition | None
    """Where the next page begins; None on the last page."""


class ListOrders:
    def __init__(self, orders: OrderRepository) -> None:
        self._orders = orders

    def __call__(
        self, wanted: OrderFilter, *, limit: int, after: PagePosition | None = None
    ) -> OrderPage:
        """Return at most limit orders after the position. Raises Unavailable.

        Orders that are created between two calls are newer, so pages never overlap or skip.
        """
        found = self._orders.newest(wanted, limit=limit + 1, after=after)
        page = found[:limit]
        if len(found) == len(page):
            return OrderPage(orders=page, next_position=None)
        last = page[-1]
        return OrderPage(
            orders=page,
            next_position=PagePosition(created_at=last.created_at, order_uuid=last.order_uuid),
        )
