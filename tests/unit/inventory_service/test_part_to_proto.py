from dataclasses import astuple
from decimal import Decimal

from hypothesis import given

from inventory_service.converter.part_to_proto import part_to_proto
from inventory_service.model.part import MetadataValue, Part
from libs.contracts.inventory.v1 import inventory_pb2 as wire
from tests.unit.inventory_service.builders import parts


@given(parts)
def test_a_part_survives_the_wire(part: Part) -> None:
    read = wire.Part.FromString(part_to_proto(part).SerializeToString())

    size, maker = read.dimensions, read.manufacturer
    assert (
        *(read.uuid, read.name, read.description, read.stock_quantity),
        *(wire.Category.Name(read.category), tuple(read.tags)),
        *(size.length, size.width, size.height, size.weight),
        *(maker.name, maker.country, maker.website),
    ) == (
        *(str(part.part_id), part.name, part.description, part.stock_quantity),
        *(f"CATEGORY_{part.category}", part.tags),
        *astuple(part.dimensions),
        *astuple(part.manufacturer),
    )
    assert Decimal(str(read.price)).quantize(Decimal("0.01")) == part.price
    assert {key: _read(value) for key, value in read.metadata.items()} == {
        key: (type(value), value) for key, value in part.metadata.items()
    }
    assert read.created_at.ToMilliseconds() == round(part.created_at.timestamp() * 1000)
    assert read.updated_at.ToMilliseconds() == round(part.updated_at.timestamp() * 1000)


def _read(value: wire.Value) -> tuple[type, MetadataValue]:
    kind = value.WhichOneof("value")
    assert kind is not None
    read: MetadataValue = getattr(value, kind)
    types = {"string_value": str, "int64_value": int, "double_value": float, "bool_value": bool}
    return types[kind], read
