"""Raises an error for a batch that cannot be decoded, at which kafka-python by itself hangs."""

from typing import Any

from kafka import KafkaConsumer
from kafka.consumer.fetcher import Fetcher

from libs.kafka.errors import UnreadableBatch


class LastingRecords(Fetcher.PartitionRecords):
    """The records of one partition in a fetch. After a failure every call fails the same way.

    The client decodes with a generator, which ends after an error: the client would ask it again
    and again without a pause and get nothing.
    """

    _failure: UnreadableBatch | None = None

    def take(self, n: int | None = None) -> Any:
        if self._failure is not None:
            raise self._failure
        try:
            return super().take(n)  # type: ignore[no-untyped-call]  # it has no types
        except Exception as error:
            place = self.topic_partition
            self._failure = UnreadableBatch(
                place.topic, place.partition, self.next_fetch_offset, error
            )
            raise self._failure from error


def name_unreadable_batches(client: KafkaConsumer) -> None:
    """Make each poll of the client raise UnreadableBatch at a batch that it cannot decode."""
    client._fetcher.PartitionRecords = LastingRecords  # noqa: SLF001  # its only seam
