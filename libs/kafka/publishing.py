"""The port for sending records, with the outcome of each record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from libs.kafka.errors import PublishFailed
from libs.kafka.types import OutgoingRecord, StoredAt, TopicPartition


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why the record at this position of the batch was not acknowledged.

    A permanent failure is the same at every retry (the record is too large); any other may succeed.
    A local failure concerns the record, its topic or its partition; the brokers do answer.
    """

    position: int
    reason: str
    permanent: bool = False
    local: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The outcome of a batch: every position is either acknowledged or a failure.

    stored_at says where an acknowledged record is, if the broker told it.
    """

    acknowledged: tuple[int, ...] = ()
    failures: tuple[Failure, ...] = ()
    stored_at: Mapping[int, StoredAt] = field(default_factory=dict, compare=False)

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
    """Sends batches of records. Thread-safe."""

    def publish(self, records: Sequence[OutgoingRecord]) -> Published:
        """Send all, then wait for every acknowledgement. Reports broker errors as failures.

        A record that is refused, or whose topic or leader is missing, does not hold up others.
        Blocks for at most about 30 s: 5 to connect, 5 for metadata, 10 for acknowledgements, and 10
        for sending records alone if some were refused. A failed record may be sent again; it may
        then be in the topic twice.
        """

    def partition_of(self, record: OutgoingRecord) -> TopicPartition | None:
        """Return the record's partition without waiting; None while it is unknown."""

    def close(self) -> None:
        """Close the connection within seconds. A later publish connects again."""
