"""Kafka in memory, for tests."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from libs.kafka.publishing import Failure, Published, Publisher
from libs.kafka.types import OutgoingRecord


@dataclass
class FakePublisher(Publisher):
    """Keeps what was acknowledged in sent; refuses on demand as a broker would."""

    sent: list[OutgoingRecord] = field(default_factory=list)
    max_record_bytes: int = 1_048_576
    unavailable: str = ""
    """While not empty: why nothing is acknowledged."""
    acknowledge_at_most: int | None = None
    """The broker goes away after so many records of each batch."""
    closed: bool = False

    def publish(self, records: Sequence[OutgoingRecord]) -> Published:
        self.closed = False
        acknowledged: list[int] = []
        failures: list[Failure] = []
        for position, record in enumerate(records):
            if failure := self._failure(position, record, len(acknowledged)):
                failures.append(failure)
            else:
                self.sent.append(record)
                acknowledged.append(position)
        return Published(acknowledged=tuple(acknowledged), failures=tuple(failures))

    def _failure(self, position: int, record: OutgoingRecord, so_far: int) -> Failure | None:
        if _size(record) > self.max_record_bytes:
            return Failure(position=position, reason="too large", permanent=True)
        if self.unavailable:
            return Failure(position=position, reason=self.unavailable)
        if self.acknowledge_at_most is not None and so_far >= self.acknowledge_at_most:
            return Failure(position=position, reason="broker went away")
        return None

    def close(self) -> None:
        self.closed = True


def _size(record: OutgoingRecord) -> int:
    headers = sum(len(name.encode()) + len(value) for name, value in record.headers)
    return len(record.key or b"") + len(record.value or b"") + headers
