"""Lists the parts that can be ordered."""

from collections.abc import Sequence
from dataclasses import dataclass

from order_service.model.part import Part, PartsWanted
from order_service.service.orders.ports import Inventory


@dataclass(frozen=True, slots=True, kw_only=True)
class PartList:
    """The first parts by name, and how many match: a caller with more narrows the filter."""

    parts: Sequence[Part]
    total: int


class ListParts:
    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory

    def __call__(self, wanted: PartsWanted, *, limit: int) -> PartList:
        """Return at most limit parts. Raises Unavailable."""
        found = self._inventory.parts(wanted)
        return PartList(parts=found[:limit], total=len(found))
