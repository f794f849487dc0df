"""The port for reading one topic as a member of one group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from libs.kafka.errors import KafkaUnavailable
from libs.kafka.types import Record

Offsets = Mapping[int, int]
"""Maps a partition to an offset: of the next record to read, unless stated otherwise."""


class CommitFailed(KafkaUnavailable):
    """The commit failed or was not confirmed. It may be repeated."""


class PollFailed(KafkaUnavailable):
    """A poll failed; the next one may succeed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """The records of one poll, and the next position of each assigned partition.

    A position may be beyond the last record: transaction markers and records of aborted
    transactions have offsets but are never returned.

    A lost partition was revoked since the poll before. If it came back within the same poll, it
    starts at the group's committed offset and is not paused. Records that were read from it before
    must not be handed off or committed.
    """

    records: Sequence[Record] = ()
    positions: Offsets = field(default_factory=dict)
    lost: frozenset[int] = frozenset()


class Consumer(Protocol):
    """A member of the group. For one thread. Partitions change only within poll."""

    def poll(self, timeout_s: float) -> Polled:
        """Return records, at once if there are any; keep the membership alive.

        May wait 2 s longer during a rebalance. Each partition's records are in order and follow
        the earlier ones without a gap, unless it was lost or rewound. A dead broker looks like an
        idle topic: no error is raised. Raises PollFailed, and UnreadableBatch at every poll that
        reaches a batch that cannot be decoded.
        """

    def pause(self) -> None:
        """Pause every partition that is assigned now. One that is assigned later is not paused."""

    def resume(self) -> None: ...

    def rewind(self, offsets: Offsets) -> None:
        """Read each partition from this offset again. Ignores partitions that are not assigned."""

    def commit(self, offsets: Offsets) -> None:
        """Commit: the group starts here after the next rebalance. Blocks for at most 3 s.

        Raises CommitFailed: then the outcome is unknown, and a repeat is harmless.
        """

    def lag(self, position: Offsets) -> int:
        """Count the offsets beyond these positions, as of the last fetches."""

    def close(self) -> None:
        """Leave the group. Returns within 4 s even if no broker answers. A repeat does nothing."""
