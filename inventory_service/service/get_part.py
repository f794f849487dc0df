"""Returns a part."""

from uuid import UUID

from inventory_service.model.part import Part
from inventory_service.service.ports import Catalogue


class GetPart:
    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def __call__(self, part_id: UUID) -> Part:
        """Return the part. Raises PartNotFound."""
        return self._catalogue.part(part_id)
