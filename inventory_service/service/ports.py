"""What the use cases need of the outside."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from inventory_service.model.part import Part
from inventory_service.model.parts_filter import PartsFilter


class Catalogue(Protocol):
    """Every method raises Unavailable, or TimedOut, within 2 s."""

    def part(self, part_id: UUID) -> Part:
        """Raise PartNotFound if there is none."""
        ...

    def matching(self, wanted: PartsFilter) -> list[Part]:
        """Return every part the filter lets through, by name."""
        ...


class CatalogueStorage(Protocol):
    def prepare(self) -> None:
        """Create what lookups need. A repeat does nothing."""
        ...

    def fill_if_empty(self, parts: Sequence[Part]) -> int:
        """Store the parts if there is none yet; return how many this call stored.

        Several at once store each part once. A call that dies in between is completed by the
        next one, which finds some of its parts there.
        """
        ...
