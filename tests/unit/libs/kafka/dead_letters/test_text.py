from dataclasses import replace

from libs.kafka.dead_letters.stored import StoredDeadLetter
from libs.kafka.dead_letters.text import dead_letter_in_full, dead_letter_table
from libs.kafka.types import Record
from tests.support.kafka import ORDER_PAID_AT

RECORD = Record(
    topic="order.paid.dlq",
    partition=0,
    offset=3,
    timestamp=ORDER_PAID_AT,
    key=b"an-order",
    value=b"\x00\x1b[2Jcontrol",
    headers=(
        ("x-dlq-source-partition", b"4"),
        ("x-dlq-source-offset", b"17"),
        ("x-dlq-at", b"2026-03-02T08:30:00.000+00:00"),
        ("x-dlq-error", b"no event"),
    ),
)


def test_a_table_has_a_line_per_dead_letter() -> None:
    table = dead_letter_table(
        [StoredDeadLetter(record=RECORD), StoredDeadLetter(record=RECORD, replayed=True)]
    )

    about = ["4:17", "2026-03-02T08:30:00.000+00:00", "12", "an-order", "no", "event"]
    assert [line.split() for line in table.splitlines()] == [
        ["ID", "FROM", "AT", "BYTES", "KEY", "ERROR"],
        ["0:3", *about],
        ["0:3", "(replayed)", *about],
    ]


def test_an_empty_list_of_dead_letters_is_a_sentence() -> None:
    assert dead_letter_table([]) == "no dead letters"


def test_a_value_is_dumped_and_cannot_control_the_terminal() -> None:
    text = dead_letter_in_full(StoredDeadLetter(record=replace(RECORD, key=b"\x1b[2J")))

    assert "00 1b 5b 32 4a" in text
    assert "\x1b" not in text


def test_a_null_value_and_an_empty_one_look_different() -> None:
    null = dead_letter_in_full(StoredDeadLetter(record=replace(RECORD, value=None, key=None)))
    empty = dead_letter_in_full(StoredDeadLetter(record=replace(RECORD, value=b"")))

    assert ("value   null" in null, "key     null" in null) == (True, True)
    assert "value   0 bytes" in empty
