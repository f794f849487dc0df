"""Parts on the wire."""

from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from inventory_service.model.part import Category, MetadataValue, Part
from libs.contracts.inventory.v1 import inventory_pb2 as wire

CATEGORY_TO_WIRE = {
    Category.UNSPECIFIED: wire.CATEGORY_UNSPECIFIED,
    Category.ENGINE: wire.CATEGORY_ENGINE,
    Category.FUEL: wire.CATEGORY_FUEL,
    Category.PORTHOLE: wire.CATEGORY_PORTHOLE,
    Category.WING: wire.CATEGORY_WING,
}


def part_to_proto(part: Part) -> wire.Part:
    size, maker = part.dimensions, part.manufacturer
    return wire.Part(
        uuid=str(part.part_id),
        name=part.name,
        description=part.description,
        price=float(part.price),
        stock_quantity=part.stock_quantity,
        category=CATEGORY_TO_WIRE[part.category],
        dimensions=wire.Dimensions(
            length=size.length_cm,
            width=size.width_cm,
            height=size.height_cm,
            weight=size.weight_kg,
        ),
        manufacturer=wire.Manufacturer(
            name=maker.name, country=maker.country, website=maker.website
        ),
        tags=part.tags,
        metadata={key: _value_to_proto(value) for key, value in part.metadata.items()},
        created_at=_timestamp(part.created_at),
        updated_at=_timestamp(part.updated_at),
    )


def _value_to_proto(value: MetadataValue) -> wire.Value:
    match value:
        case bool():  # before int, because bool is a subclass of int
            return wire.Value(bool_value=value)
        case int():
            return wire.Value(int64_value=value)
        case float():
            return wire.Value(double_value=value)
        case str():
            return wire.Value(string_value=value)


def _timestamp(moment: datetime) -> Timestamp:
    timestamp = Timestamp()
    timestamp.FromDatetime(moment)
    return timestamp
