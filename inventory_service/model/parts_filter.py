"""Which parts a caller wants."""

from dataclasses import dataclass
from uuid import UUID

from inventory_service.model.part import Category


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsFilter:
    """A part must have one of the values of every field that has values; none at all asks for all.

    It has a tags value if any of its tags is among them.
    """

    part_ids: tuple[UUID, ...] = ()
    names: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()
    manufacturer_countries: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
