"""A dead letter as it is stored in its topic."""

from dataclasses import dataclass, replace
from typing import Self

from libs.kafka.dead_letters.writer import DEAD_LETTER_PREFIX, REPLAYED_FROM
from libs.kafka.types import Headers, OutgoingRecord, Record


@dataclass(frozen=True, slots=True, order=True)
class DeadLetterId:
    """Partition and offset of a dead letter in its topic, written as in 3:17."""

    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.partition}:{self.offset}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the format of __str__. Raises ValueError."""
        partition, colon, offset = text.partition(":")
        if not (colon and partition.isdecimal() and offset.isdecimal()):
            raise ValueError(f"{text!r} is no dead letter's ID: write PARTITION:OFFSET, as in 0:17")
        return cls(int(partition), int(offset))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDeadLetter:
    record: Record
    replayed: bool = False

    @property
    def id(self) -> DeadLetterId:
        return DeadLetterId(self.record.partition, self.record.offset)

    def about(self, name: str) -> str:
        """Return the header x-dlq-<name>; empty if there is none."""
        wanted = DEAD_LETTER_PREFIX + name
        values = [value for header, value in self.record.headers if header == wanted]
        # The last one is ours: the dead letter of a replayed dead letter has the older ones too.
        return values[-1].decode(errors="replace") if values else ""

    @property
    def original_headers(self) -> Headers:
        return tuple(
            (name, value)
            for name, value in self.record.headers
            if not name.startswith(DEAD_LETTER_PREFIX)
        )

    def repaired(self, value: bytes) -> Self:
        return replace(self, record=replace(self.record, value=value))

    def replay(self) -> OutgoingRecord:
        """Return the original record, with a header that names this dead letter.

        It gets a new timestamp: retention could remove a record with the original one.
        """
        origin = f"{self.record.topic}/{self.id}"
        return OutgoingRecord(
            topic=self.about("source-topic"),
            key=self.record.key,
            value=self.record.value,
            headers=(*self.original_headers, (REPLAYED_FROM, origin.encode())),
        )
