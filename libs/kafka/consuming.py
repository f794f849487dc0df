"""Reading one topic as a member of one group, seen from the one who reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from libs.kafka.errors import KafkaUnavailable
from libs.kafka.types import Record

Offsets = Mapping[int, int]
"""Partition to offset: of the next record to be read, wherever it says nothing else."""


class CommitFailed(KafkaUnavailable):
    """The group did not take the offsets, or did not say so: they may be committed again."""


class PollFailed(KafkaUnavailable):
    """The client could not read; the next poll may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one poll brought, and where each partition that is assigned is read on.

    That may lie beyond the last record: markers of transactions and records of aborted ones have
    offsets and are never brought.

    A lost partition was taken away since the poll before. It may have come back within the same
    poll, and then starts again at the group's committed offset, not paused: what was read of it
    before is no longer ours to hand off or to commit.
    """

    records: Sequence[Record] = ()
    positions: Offsets = field(default_factory=dict)
    lost: frozenset[int] = frozenset()


class Consumer(Protocol):
    """A member of the group. For one thread; partitions come and go only within poll."""

    def poll(self, timeout_s: float) -> Polled:
        """Return what has been read, at once if there is anything; keeps the membership alive.

        May wait 2 s longer while the members of the group change.
        Each partition's records are in order and follow the ones before without a gap, unless it
        was lost or rewound. A dead broker looks like an idle topic: nothing is raised for it.
        Raises PollFailed, or UnreadableBatch each time that it comes to such a batch.
        """
        ...

    def pause(self) -> None:
        """Read no further in any partition that is assigned now; one that comes later is read."""
        ...

    def resume(self) -> None: ...

    def rewind(self, offsets: Offsets) -> None:
        """Read each partition from this offset again; those no longer assigned are passed over."""
        ...

    def commit(self, offsets: Offsets) -> None:
        """Make the group start here after the next change of members. Blocks at most 3 s.

        Raises CommitFailed: then nothing is known, and a repeat is harmless.
        """
        ...

    def lag(self, position: Offsets) -> int:
        """Count the records that lie beyond these positions, as far as the last fetches told."""
        ...

    def close(self) -> None:
        """Leave the group; returns within 4 s even if no broker answers. A repeat does nothing."""
        ...
