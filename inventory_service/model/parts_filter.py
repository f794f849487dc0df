"""The filter of a list of parts."""

from dataclasses import dataclass
from uuid import UUID

from inventory_service.model.part import Category


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsFilter:
    """A part must match every field that has values; an empty filter matches all parts.

    A part matches a field if it has any of its values; for tags, if any of its tags is one of them.
    """

    part_ids: tuple[UUID, ...] = ()
    names: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()
    manufacturer_countries: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
