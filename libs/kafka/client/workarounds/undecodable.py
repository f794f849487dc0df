"""Batches of records that can not be decoded: by itself kafka-python never returns from them."""

from typing import Any

from kafka import KafkaConsumer
from kafka.consumer.fetcher import Fetcher

from libs.kafka.errors import UnreadableBatch


class LastingRecords(Fetcher.PartitionRecords):
    """What a fetch brought of one partition; fails for good where it once failed.

    The client decodes with a generator, which is at its end after an error: it asks it again and
    again without a pause, and gets nothing.
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
    """Make each poll of the client raise UnreadableBatch where it can not read on."""
    client._fetcher.PartitionRecords = LastingRecords  # noqa: SLF001  # its only seam
