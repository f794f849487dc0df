"""Ports of the use cases."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from inventory_service.model.part import Part
from inventory_service.model.parts_filter import PartsFilter


class Catalogue(Protocol):
    """Reads parts. Every method may raise Unavailable or TimedOut, within 2 s."""

    def part(self, part_id: UUID) -> Part:
        """Return the part. Raises PartNotFound."""

    def matching(self, wanted: PartsFilter) -> list[Part]:
        """Return every part that matches the filter, sorted by name."""


class CatalogueStorage(Protocol):
    def prepare(self) -> None:
        """Create the indexes that lookups need. A repeat does nothing."""

    def fill_if_empty(self, parts: Sequence[Part]) -> int:
        """Store the parts if the catalogue is empty; return how many this call stored.

        Concurrent calls store each part once. The next call completes one that died half-way.
        """
