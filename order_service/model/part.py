"""A part of the catalogue, as a customer sees it."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    part_uuid: UUID
    name: str
    description: str
    price: Decimal
    stock_quantity: int
    category: str
    manufacturer_country: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsWanted:
    """Criteria of a list: any value within a field, every field that has values."""

    names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    manufacturer_countries: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
