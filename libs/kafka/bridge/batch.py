"""A batch: the records of one poll until they are handed off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Self

from libs.kafka.bridge.malformed_limit import MalformedCounter
from libs.kafka.consuming import Offsets, Polled
from libs.kafka.dead_letters.writer import DeadLetter
from libs.kafka.errors import MalformedEvent
from libs.kafka.types import Decode, Event, Record


class TooManyMalformed(Exception):
    """The malformed-record limit is reached: nothing of this batch may leave the consumer."""

    def __init__(self, last: DeadLetter) -> None:
        super().__init__(f"too many malformed records, the last one: {last.error}")
        self.last = last


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch(Generic[Event]):
    """Records in the order they were read, with their events and their dead letters.

    Dead letters leave the batch as they are written; the records stay until the commit. end holds
    the offsets to commit when the batch is done: the next one to read in each partition.
    """

    records: tuple[Record, ...]
    end: Offsets
    events: tuple[tuple[Record, Event], ...] = ()
    dead_letters: tuple[DeadLetter, ...] = ()

    def without(self, lost: Iterable[int]) -> Self:
        """Remove partitions that this member lost: their new owner reads them itself."""
        gone = frozenset(lost)
        return replace(
            self,
            records=tuple(each for each in self.records if each.partition not in gone),
            end={each: offset for each, offset in self.end.items() if each not in gone},
            events=tuple(pair for pair in self.events if pair[0].partition not in gone),
            dead_letters=tuple(
                each for each in self.dead_letters if each.record.partition not in gone
            ),
        )

    def with_dead_letters(self, remaining: Sequence[DeadLetter]) -> Self:
        return replace(self, dead_letters=tuple(remaining))


def sort_out(polled: Polled, decode: Decode[Event], counter: MalformedCounter) -> Batch[Event]:
    """Decode every record. Raises TooManyMalformed.

    An error of decode other than MalformedEvent is a bug and is raised as it is.
    """
    events: list[tuple[Record, Event]] = []
    dead_letters: list[DeadLetter] = []
    for record in polled.records:
        try:
            events.append((record, decode(record)))
        except MalformedEvent as error:
            dead_letters.append(DeadLetter(record=record, error=error))
            if counter.saw(malformed=True):
                raise TooManyMalformed(dead_letters[-1]) from error
        else:
            counter.saw(malformed=False)
    return Batch(
        records=tuple(polled.records),
        end={each.partition: polled.positions[each.partition] for each in polled.records},
        events=tuple(events),
        dead_letters=tuple(dead_letters),
    )


def passed_over(polled: Polled) -> Offsets:
    """Return the positions of partitions without a record: nothing before them is left to do."""
    brought = {each.partition for each in polled.records}
    return {each: offset for each, offset in polled.positions.items() if each not in brought}


def first_offsets(records: Iterable[Record]) -> dict[int, int]:
    """Return the offset of each partition from which these records are read again."""
    offsets: dict[int, int] = {}
    for record in records:
        offsets.setdefault(record.partition, record.offset)
    return offsets
