"""Reads the seed parts of a new catalogue from catalogue.toml."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from inventory_service.model.part import Category, Dimensions, Manufacturer, MetadataValue, Part


def parts_from_toml(text: str, *, created_at: datetime) -> tuple[Part, ...]:
    """Read every [[part]]. Raises TOMLDecodeError, KeyError, TypeError or ValueError."""
    table = tomllib.loads(text, parse_float=Decimal)
    makers = {key: Manufacturer(**each) for key, each in table["manufacturers"].items()}
    return tuple(_part(entry, makers, created_at) for entry in table["part"])


def _part(
    entry: Mapping[str, Any], makers: Mapping[str, Manufacturer], created_at: datetime
) -> Part:
    length, width, height, weight = (float(number) for number in entry["size"])
    return Part(
        part_id=UUID(entry["uuid"]),
        name=entry["name"],
        description=entry["description"],
        price=Decimal(entry["price"]),
        stock_quantity=entry["stock"],
        category=Category(entry["category"]),
        dimensions=Dimensions(length_cm=length, width_cm=width, height_cm=height, weight_kg=weight),
        manufacturer=makers[entry["manufacturer"]],
        tags=tuple(entry["tags"]),
        metadata={key: _value(each) for key, each in entry["metadata"].items()},
        created_at=created_at,
        updated_at=created_at,
    )


def _value(value: Decimal | MetadataValue) -> MetadataValue:
    return float(value) if isinstance(value, Decimal) else value
