"""Parts on the wire: protobuf, package inventory.v1."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from libs.contracts.inventory.v1 import inventory_pb2
from order_service.model.order import MAX_TOTAL_PRICE

CENT = Decimal("0.01")


def list_parts_request(part_uuids: Sequence[UUID]) -> inventory_pb2.ListPartsRequest:
    uuids = [str(part) for part in part_uuids]
    return inventory_pb2.ListPartsRequest(filter=inventory_pb2.PartsFilter(uuids=uuids))


def prices_from_proto(parts: Iterable[inventory_pb2.Part]) -> Mapping[UUID, Decimal]:
    """Read each part's price, rounded to cents if an order can hold it.

    Raises ValueError if a uuid or a price is invalid.
    """
    return {UUID(part.uuid): _price(part.price) for part in parts}


def _price(wire: float) -> Decimal:
    price = Decimal(str(wire))
    if not price.is_finite() or price < 0:
        raise ValueError(f"{wire} is not a price")
    if price > MAX_TOTAL_PRICE:
        return price  # Too large for an order anyway; quantize would raise.
    return price.quantize(CENT, rounding=ROUND_HALF_UP)
