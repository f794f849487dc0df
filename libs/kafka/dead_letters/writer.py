"""Dead letters: malformed records, kept whole in a topic beside the one they came from."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from libs.clock import Clock
from libs.errors import Unavailable
from libs.kafka.client.topics import dead_letter_topic
from libs.kafka.errors import MalformedEvent
from libs.kafka.publishing import Failure, Publisher
from libs.kafka.types import Headers, OutgoingRecord, Record

MAX_DEAD_LETTER_BYTES = 64 * 1024 * 1024
"""Bytes that the client allows. The topic's own limit is checked at the start."""

DEAD_LETTER_PREFIX = "x-dlq-"
REPLAYED_FROM = "x-replayed-from"
"""Header with the dead letter that a record was replayed from; one for each replay."""

ERROR_LIMIT = 500
"""Characters of the error message that a dead letter contains."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    record: Record
    error: MalformedEvent


class DeadLettersNotWritten(Unavailable):
    """Some dead letters of a batch were not acknowledged. Only these must be written again."""

    def __init__(self, remaining: Sequence[DeadLetter], reason: str) -> None:
        super().__init__(f"dead letters: {reason}")
        self.remaining = tuple(remaining)


class DeadLettersRefused(DeadLettersNotWritten):
    """A retry does not help: an operator has to raise the size limit."""


class DeadLetterWriter:
    """Writes the dead letters of one group."""

    def __init__(self, publisher: Publisher, *, group: str, clock: Clock) -> None:
        self._publisher = publisher
        self._group = group
        self._clock = clock

    def write(self, dead_letters: Sequence[DeadLetter]) -> None:
        """Return once every dead letter is acknowledged. Raises DeadLettersNotWritten.

        All are sent together. A dead letter whose acknowledgement is lost is written twice. Raises
        DeadLettersRefused if one is too large.
        """
        published = self._publisher.publish([self._outgoing(each) for each in dead_letters])
        for position in published.acknowledged:
            _log_written(dead_letters[position])
        if published.failures:
            raise _not_written(dead_letters, published.failures)

    def _outgoing(self, dead_letter: DeadLetter) -> OutgoingRecord:
        record = dead_letter.record
        return OutgoingRecord(
            topic=dead_letter_topic(record.topic),
            key=record.key,
            value=record.value,
            headers=(*record.headers, *self._origin(dead_letter)),
        )

    def _origin(self, dead_letter: DeadLetter) -> Headers:
        record, error = dead_letter.record, dead_letter.error
        origin = {
            "source-topic": record.topic,
            "source-partition": str(record.partition),
            "source-offset": str(record.offset),
            "source-timestamp": record.timestamp.isoformat(timespec="milliseconds"),
            "group": self._group,
            "error-class": type(error).__name__,
            "error": str(error)[:ERROR_LIMIT],
            "attempts": str(1 + sum(name == REPLAYED_FROM for name, _ in record.headers)),
            "at": self._clock().isoformat(timespec="milliseconds"),
        }
        return tuple(
            (f"{DEAD_LETTER_PREFIX}{name}", value.encode()) for name, value in origin.items()
        )


def _not_written(
    dead_letters: Sequence[DeadLetter], failures: Sequence[Failure]
) -> DeadLettersNotWritten:
    remaining = [dead_letters[failure.position] for failure in failures]
    refused = next((failure for failure in failures if failure.permanent), None)
    if refused is None:
        return DeadLettersNotWritten(remaining, failures[0].reason)
    record = dead_letters[refused.position].record
    return DeadLettersRefused(
        remaining,
        f"the one for {record.topic}, partition {record.partition}, offset {record.offset} is "
        f"refused: {refused.reason}; raise max.message.bytes of {dead_letter_topic(record.topic)}",
    )


def _log_written(dead_letter: DeadLetter) -> None:
    log.warning(
        "record_dead_lettered",
        topic=dead_letter.record.topic,
        partition=dead_letter.record.partition,
        offset=dead_letter.record.offset,
        error=str(dead_letter.error)[:ERROR_LIMIT],
    )
