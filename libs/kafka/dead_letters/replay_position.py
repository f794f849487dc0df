"""Which dead letters of a partition have been replayed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Self

METADATA_LIMIT = 4_000
"""Characters of metadata that a broker with default settings stores with a committed offset."""


class TooScattered(ValueError):
    """Too many dead letters were replayed out of order to store them in the offset's metadata."""


@dataclass(frozen=True, slots=True)
class ReplayPosition:
    """Every dead letter before next is replayed, and those in the ranges beyond it, ends included.

    The ranges are stored as metadata of the committed offset, as in "17,19-23". A range may span
    dead letters of other groups.
    """

    next: int = 0
    beyond: tuple[tuple[int, int], ...] = ()

    @classmethod
    def parse(cls, next_offset: int, metadata: str) -> Self:
        ends = [each.partition("-") for each in metadata.split(",") if each]
        return cls(next_offset, tuple((int(first), int(last or first)) for first, _, last in ends))

    @property
    def metadata(self) -> str:
        """Return the ranges as text. Raises TooScattered if it is too long for the broker."""
        text = ",".join(
            str(first) if first == last else f"{first}-{last}" for first, last in self.beyond
        )
        if len(text) > METADATA_LIMIT:
            raise TooScattered(
                "too many dead letters were replayed out of order: replay the first ones"
            )
        return text

    def covers(self, offset: int) -> bool:
        return offset < self.next or any(first <= offset <= last for first, last in self.beyond)

    def after(self, replayed: Collection[int], *, own: Sequence[int]) -> Self:
        """Add replayed dead letters. own holds the offsets of all that the group has, in order.

        The position moves past dead letters that are replayed or belong to other groups.
        """
        new = set(replayed)
        stretches = groupby(own, lambda offset: offset in new or self.covers(offset))
        found = [(is_replayed, list(offsets)) for is_replayed, offsets in stretches]
        waiting = [offsets for is_replayed, offsets in found if not is_replayed]
        if not waiting:
            return type(self)(max(self.next, max(new | {*own}, default=-1) + 1))
        beyond = [
            (offsets[0], offsets[-1])
            for is_replayed, offsets in found
            if is_replayed and offsets[0] > waiting[0][0]
        ]
        return type(self)(waiting[0][0], tuple(beyond))
