"""Requests for parts on the wire."""

from uuid import UUID

from inventory_service.model.part import Category
from inventory_service.model.parts_filter import PartsFilter
from libs.contracts.inventory.v1 import inventory_pb2 as wire
from libs.errors import InvalidInput
from libs.grpc.fields import uuid_from_text

CATEGORY_FROM_WIRE: dict[int, Category] = {
    wire.Category.Value(f"CATEGORY_{each}"): each for each in Category
}


def part_id_from_proto(request: wire.GetPartRequest) -> UUID:
    """Read the id. Raises InvalidInput if it is not a uuid."""
    return uuid_from_text("uuid", request.uuid)


def filter_from_proto(request: wire.ListPartsRequest) -> PartsFilter:
    """Read the filter. Raises InvalidInput for an invalid uuid or an unknown category."""
    asked = request.filter
    return PartsFilter(
        part_ids=tuple(uuid_from_text("filter.uuids", text) for text in asked.uuids),
        names=tuple(asked.names),
        categories=tuple(_category_from_proto(number) for number in asked.categories),
        manufacturer_countries=tuple(asked.manufacturer_countries),
        tags=tuple(asked.tags),
    )


def _category_from_proto(number: int) -> Category:
    if number not in CATEGORY_FROM_WIRE:
        raise InvalidInput(f"filter.categories: {number} is not a known category")
    return CATEGORY_FROM_WIRE[number]
