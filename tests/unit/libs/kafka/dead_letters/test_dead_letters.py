from dataclasses import replace
from datetime import UTC, datetime

import pytest

from libs.kafka.dead_letters.stored import StoredDeadLetter
from libs.kafka.dead_letters.writer import DeadLetter, DeadLettersNotWritten, DeadLetterWriter
from libs.kafka.errors import MalformedEvent
from libs.kafka.types import Record
from tests.support.kafka import FakePublisher

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)

RECORD = Record(
    topic="order.paid",
    partition=4,
    offset=17,
    timestamp=datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC),
    key=b"\xff key",
    value=None,
    headers=(("traceparent", b"00-trace-span-01"), ("twice", b"1"), ("twice", b"2")),
)


def written(record: Record, error: str = "no event") -> Record:
    """Return the dead letter as a reader finds it."""
    publisher = FakePublisher()
    dead_letters = DeadLetterWriter(publisher, group="a-group", clock=lambda: NOW)
    dead_letters.write([DeadLetter(record=record, error=MalformedEvent(error))])
    (sent,) = publisher.sent
    return Record(
        topic=sent.topic,
        partition=1,
        offset=99,
        timestamp=NOW,
        key=sent.key,
        value=sent.value,
        headers=sent.headers,
    )


def test_a_dead_letter_is_the_record_and_says_where_it_comes_from_and_why() -> None:
    dead_letter = written(RECORD)

    about = (dead_letter.topic, dead_letter.key, dead_letter.value)
    assert about == ("order.paid.dlq", b"\xff key", None)
    assert dead_letter.headers[: len(RECORD.headers)] == RECORD.headers
    assert dict(dead_letter.headers[len(RECORD.headers) :]) == {
        "x-dlq-source-topic": b"order.paid",
        "x-dlq-source-partition": b"4",
        "x-dlq-source-offset": b"17",
        "x-dlq-source-timestamp": b"2026-03-01T12:00:00.250+00:00",
        "x-dlq-group": b"a-group",
        "x-dlq-error-class": b"MalformedEvent",
        "x-dlq-error": b"no event",
        "x-dlq-attempts": b"1",
        "x-dlq-at": b"2026-03-02T08:30:00.000+00:00",
    }


def test_a_long_error_is_cut_to_500_characters() -> None:
    dead_letter = StoredDeadLetter(record=written(RECORD, error="ö" * 1000))

    assert dead_letter.about("error") == "ö" * 500


def test_only_unacknowledged_dead_letters_have_to_be_written_again() -> None:
    dead_letters = DeadLetterWriter(
        FakePublisher(acknowledge_at_most=1), group="g", clock=lambda: NOW
    )
    first, second = (
        DeadLetter(record=replace(RECORD, offset=offset), error=MalformedEvent("no event"))
        for offset in (1, 2)
    )

    with pytest.raises(DeadLettersNotWritten) as error:
        dead_letters.write([first, second])

    assert error.value.remaining == (second,)


def test_a_replayed_record_is_the_original_and_says_which_dead_letter_it_was() -> None:
    replay = StoredDeadLetter(record=written(RECORD)).replay()

    assert (replay.topic, replay.key, replay.value) == ("order.paid", RECORD.key, None)
    assert replay.headers == (*RECORD.headers, ("x-replayed-from", b"order.paid.dlq/1:99"))
    assert replay.timestamp is None


def test_a_record_that_was_replayed_in_vain_counts_its_attempts() -> None:
    replay = StoredDeadLetter(record=written(RECORD)).replay()

    again = StoredDeadLetter(record=written(replace(RECORD, headers=replay.headers)))

    assert again.about("attempts") == "2"


def test_a_repaired_dead_letter_is_replayed_with_the_new_value() -> None:
    replay = StoredDeadLetter(record=written(RECORD)).repaired(b"an event").replay()

    assert (replay.key, replay.value) == (RECORD.key, b"an event")
