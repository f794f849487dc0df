"""The catalogue in memory."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from inventory_service.model.errors import PartNotFound
from inventory_service.model.part import Part
from inventory_service.model.parts_filter import PartsFilter
from inventory_service.service.ports import Catalogue, CatalogueStorage


class FakeCatalogue(Catalogue, CatalogueStorage):
    def __init__(self, *parts: Part) -> None:
        self._parts = {part.part_id: part for part in parts}
        self.prepared = 0

    def part(self, part_id: UUID) -> Part:
        if part_id not in self._parts:
            raise PartNotFound(part_id)
        return self._parts[part_id]

    def matching(self, wanted: PartsFilter) -> list[Part]:
        return sorted(
            (part for part in self._parts.values() if _matches(part, wanted)),
            key=lambda part: (part.name, str(part.part_id)),
        )

    def prepare(self) -> None:
        self.prepared += 1

    def fill_if_empty(self, parts: Sequence[Part]) -> int:
        if self._parts:
            return 0
        self._parts = {part.part_id: part for part in parts}
        return len(parts)


def _matches(part: Part, wanted: PartsFilter) -> bool:
    return (
        _any_of([part.part_id], wanted.part_ids)
        and _any_of([part.name], wanted.names)
        and _any_of([part.category], wanted.categories)
        and _any_of([part.manufacturer.country], wanted.manufacturer_countries)
        and _any_of(part.tags, wanted.tags)
    )


def _any_of(values: Iterable[object], wanted: Sequence[object]) -> bool:
    return not wanted or any(value in wanted for value in values)
