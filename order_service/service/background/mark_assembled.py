"""Marks the orders of assembled ships."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import structlog

from libs.errors import Unavailable
from order_service.model.events import BuiltShip
from order_service.model.order import Assembled
from order_service.service.background.ports import AssembledOrders

log = structlog.get_logger(__name__)

NAMED_IN_LOG = 20
"""Most orders that one log line names."""


class OrdersLocked(Unavailable):
    """Another transaction has locked these orders."""

    def __init__(self, orders: Sequence[UUID]) -> None:
        named = ", ".join(str(each) for each in orders[:NAMED_IN_LOG])
        super().__init__(f"{len(orders)} orders are locked by another session: {named}")


class MarkAssembled:
    def __init__(self, orders: AssembledOrders) -> None:
        self._orders = orders

    def __call__(self, ships: Mapping[UUID, BuiltShip]) -> Assembled:
        """Move the paid orders to ASSEMBLED; log the others, which are not retried.

        A repeat changes nothing. Raises Unavailable, and OrdersLocked after all
        orders that are not locked were moved.
        """
        assembled = self._orders.mark_assembled(ships)
        log.info("orders_assembled", orders=assembled.moved, repeated=assembled.repeated)
        _warn("assembled_orders_unknown", assembled.unknown)
        _warn("assembled_orders_not_paid", assembled.not_paid)
        if assembled.locked:
            raise OrdersLocked(assembled.locked)
        return assembled


def _warn(event: str, orders: Sequence[UUID]) -> None:
    if orders:
        log.warning(event, orders=len(orders), order_uuids=[str(o) for o in orders[:NAMED_IN_LOG]])
