"""Parts on the wire: protobuf, package inventory.v1."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from libs.contracts.inventory.v1 import inventory_pb2
from order_service.model.order import MAX_TOTAL_PRICE
from order_service.model.part import Part, PartsWanted

CENT = Decimal("0.01")

CATEGORY_PREFIX = "CATEGORY_"

CATEGORIES = tuple(
    name.removeprefix(CATEGORY_PREFIX)
    for name, number in inventory_pb2.Category.items()
    if number != inventory_pb2.CATEGORY_UNSPECIFIED
)
"""The categories of the catalogue, in the short form."""


def list_parts_request(part_uuids: Sequence[UUID]) -> inventory_pb2.ListPartsRequest:
    uuids = [str(part) for part in part_uuids]
    return inventory_pb2.ListPartsRequest(filter=inventory_pb2.PartsFilter(uuids=uuids))


def wanted_parts_request(wanted: PartsWanted) -> inventory_pb2.ListPartsRequest:
    return inventory_pb2.ListPartsRequest(
        filter=inventory_pb2.PartsFilter(
            names=wanted.names,
            categories=[f"{CATEGORY_PREFIX}{each}" for each in wanted.categories],
            manufacturer_countries=wanted.manufacturer_countries,
            tags=wanted.tags,
        )
    )


def parts_from_proto(parts: Iterable[inventory_pb2.Part]) -> Sequence[Part]:
    """Read the parts, by name. Raises ValueError if a uuid, a price or a category is invalid."""
    return sorted(map(_part, parts), key=lambda part: (part.name, part.part_uuid))


def _part(wire: inventory_pb2.Part) -> Part:
    return Part(
        part_uuid=UUID(wire.uuid),
        name=wire.name,
        description=wire.description,
        price=_price(wire.price),
        stock_quantity=wire.stock_quantity,
        category=inventory_pb2.Category.Name(wire.category).removeprefix(CATEGORY_PREFIX),
        manufacturer_country=wire.manufacturer.country,
        tags=tuple(wire.tags),
    )


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
