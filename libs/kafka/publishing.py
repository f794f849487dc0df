"""Sending records, seen from the one who sends: what came of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from libs.kafka.errors import PublishFailed
from libs.kafka.types import OutgoingRecord, TopicPartition


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why the record at this position of the batch was not acknowledged.

    A permanent one fails the same way at every repeat (it is too large); any other is uncertain.
    A local one is a matter of the record, its topic or its partition: the brokers answer.
    """

    position: int
    reason: str
    permanent: bool = False
    local: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What came of a batch: every position is either acknowledged or among the failures."""

    acknowledged: tuple[int, ...] = ()
    failures: tuple[Failure, ...] = ()

    def ensure_complete(self) -> None:
        """Raise PublishFailed with the first reason unless every record was acknowledged."""
        if self.failures:
            total = len(self.acknowledged) + len(self.failures)
            first = self.failures[0]
            raise PublishFailed(
                f"kafka acknowledged {len(self.acknowledged)} of {total} records; "
                f"record {first.position}: {first.reason}"
            )


def nothing_published(records: Sequence[OutgoingRecord], reason: str) -> Published:
    return Published(
        failures=tuple(Failure(position=n, reason=reason) for n in range(len(records)))
    )


class Publisher(Protocol):
    """Sends batches of records; may be used by several threads at once."""

    def publish(self, records: Sequence[OutgoingRecord]) -> Published:
        """Send all, then wait for every acknowledgement; never raises for a broker's sake.

        A record that is refused, or whose topic or leader is missing, holds up no other one. Blocks
        at most about 30 s: 5 to connect, 5 for metadata, 10 for acknowledgements, 10 for each
        record alone when some were refused. A failed record may be sent again; it may then be in
        the topic twice.
        """
        ...

    def partition_of(self, record: OutgoingRecord) -> TopicPartition | None:
        """Return where the record will go, without waiting; None while that is not known."""
        ...

    def close(self) -> None:
        """Let go of the connection within seconds. A later publish connects again."""
        ...
