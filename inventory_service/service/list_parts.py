"""Lists the parts that match a filter."""

from inventory_service.model.part import Part
from inventory_service.model.parts_filter import PartsFilter
from inventory_service.service.ports import Catalogue


class ListParts:
    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def __call__(self, wanted: PartsFilter) -> list[Part]:
        return self._catalogue.matching(wanted)
