"""Parts on the wire."""

from dataclasses import asdict

from inventory_service.model.part import MetadataValue, Part
from libs.contracts.inventory.v1 import inventory_pb2 as wire


def part_to_proto(part: Part) -> wire.Part:
    size = part.dimensions
    return wire.Part(
        uuid=str(part.part_id),
        name=part.name,
        description=part.description,
        price=float(part.price),
        stock_quantity=part.stock_quantity,
        category=f"CATEGORY_{part.category}",
        dimensions=wire.Dimensions(
            length=size.length_cm,
            width=size.width_cm,
            height=size.height_cm,
            weight=size.weight_kg,
        ),
        manufacturer=wire.Manufacturer(**asdict(part.manufacturer)),
        tags=part.tags,
        metadata={key: _value_to_proto(value) for key, value in part.metadata.items()},
        created_at=part.created_at,
        updated_at=part.updated_at,
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
