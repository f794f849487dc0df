"""A part of a ship."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class Category(StrEnum):
    UNSPECIFIED = "UNSPECIFIED"
    ENGINE = "ENGINE"
    FUEL = "FUEL"
    PORTHOLE = "PORTHOLE"
    WING = "WING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimensions:
    length_cm: float
    width_cm: float
    height_cm: float
    weight_kg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Manufacturer:
    name: str
    country: str
    website: str


MetadataValue = bool | int | float | str
"""An int fits into 64 bits; 3 and 3.0 are different values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    part_id: UUID
    name: str
    description: str
    price: Decimal
    """At most two decimals."""
    stock_quantity: int
    category: Category
    dimensions: Dimensions
    manufacturer: Manufacturer
    tags: tuple[str, ...]
    metadata: Mapping[str, MetadataValue]
    created_at: datetime
    """UTC, with millisecond precision; so is updated_at."""
    updated_at: datetime
