"""How far a partition of dead letters has been replayed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

METADATA_LIMIT = 4_000
"""Characters that a broker keeps beside a committed offset, with its standard settings."""


class TooScattered(ValueError):
    """So many letters were replayed out of order that they can no longer be remembered."""


@dataclass(frozen=True, slots=True)
class ReplayPosition:
    """Everything before next is replayed, and the offsets in beyond, one by one.

    Those are kept as text beside the committed offset, as in "17,19".
    """

    next: int = 0
    beyond: frozenset[int] = field(default_factory=frozenset)

    @classmethod
    def parse(cls, next_offset: int, metadata: str) -> Self:
        return cls(next_offset, frozenset(int(each) for each in metadata.split(",") if each))

    @property
    def metadata(self) -> str:
        """Raise TooScattered if the broker would not take it."""
        text = ",".join(str(offset) for offset in sorted(self.beyond))
        if len(text) > METADATA_LIMIT:
            raise TooScattered("too many letters were replayed out of order: replay the first ones")
        return text

    def covers(self, offset: int) -> bool:
        return offset < self.next or offset in self.beyond

    def after(self, replayed: int, *, own: Sequence[int]) -> Self:
        """Add one replayed letter; own are the offsets of all letters of the group, in order.

        The position moves over whatever is replayed or belongs to other groups.
        """
        beyond = self.beyond | {replayed}
        waiting = [each for each in own if each >= self.next and each not in beyond]
        reached = waiting[0] if waiting else max([*own, replayed]) + 1
        return type(self)(max(reached, self.next), frozenset(o for o in beyond if o >= reached))
