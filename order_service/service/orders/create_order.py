"""Creates an order."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from libs.clock import Clock
from libs.lifecycle.crashing import crash_point
from order_service.model.errors import PartsNotFound, TotalPriceTooHigh
from order_service.model.idempotency import KeptAnswer
from order_service.model.order import MAX_TOTAL_PRICE, Order
from order_service.service.orders.ports import Inventory, NewId, OrderRepository

Keep = Callable[[Order], KeptAnswer]
"""Returns the answer to store for repeats of the request."""


class CreateOrder:
    def __init__(
        self, orders: OrderRepository, inventory: Inventory, *, new_id: NewId, clock: Clock
    ) -> None:
        self._orders = orders
        self._inventory = inventory
        self._new_id = new_id
        self._clock = clock

    def __call__(
        self, user_uuid: UUID, part_uuids: Sequence[UUID], *, keep: Keep | None = None
    ) -> Order:
        """Price the parts, each as often as it is listed, and store the order.

        A repeat creates another order. With keep, the order and its answer are stored together
        and a repeat by the same attempt creates none. keep is called once the order is priced.
        Raises PartsNotFound, TotalPriceTooHigh, RequestInFlight, Unavailable.
        """
        prices = self._inventory.prices(list(dict.fromkeys(part_uuids)))
        order = Order(
            order_uuid=self._new_id(),
            user_uuid=user_uuid,
            part_uuids=tuple(part_uuids),
            total_price=total_price(part_uuids, prices),
            created_at=self._clock(),
        )
        self._orders.add(order, keep=keep and keep(order))
        crash_point("after_create_commit")
        return order


def total_price(part_uuids: Sequence[UUID], prices: Mapping[UUID, Decimal]) -> Decimal:
    """Sum the prices. Raises PartsNotFound with all parts without a price, TotalPriceTooHigh."""
    missing = [part for part in dict.fromkeys(part_uuids) if part not in prices]
    if missing:
        raise PartsNotFound(missing)
    total = sum((prices[part] for part in part_uuids), start=Decimal("0.00"))
    if total > MAX_TOTAL_PRICE:
        raise TotalPriceTooHigh
    return total
