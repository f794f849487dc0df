"""What commands print, for a reader, a pipe and a machine."""

import io
import json
from datetime import UTC, datetime

import pytest
from rich.console import Console

from deploy.shipyard.output import as_duration, as_text, print_lines, show, show_one, table

MOMENT = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)

ROWS = [
    {"order_uuid": "6f2c0d6e-1111-4222-8333-444444444444", "age_s": 90.0, "until": None},
    {"order_uuid": "6f2c0d6e-1111-4222-8333-555555555555", "age_s": 0.5, "until": None},
]


def drawn(width: int) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(table(ROWS, width=width))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_pipe_gets_a_header_and_tab_separated_lines(capsys: pytest.CaptureFixture[str]) -> None:
    show(ROWS)

    first, *others = capsys.readouterr().out.splitlines()
    assert first == "order_uuid\tage_s\tuntil"
    assert others[0] == f"{ROWS[0]['order_uuid']}\t90.0\t"


def test_a_line_of_a_pipe_stays_one_line_whatever_a_value_holds() -> None:
    stream = io.StringIO()

    print_lines([{"reason": "two\nlines\tand a tab"}], stream)

    assert stream.getvalue() == "reason\ntwo lines and a tab\n"


def test_a_machine_gets_json_with_every_field(capsys: pytest.CaptureFixture[str]) -> None:
    show([{"at": MOMENT, "n": 1}], as_json=True, brief=lambda row: {"n": row["n"]})

    assert json.loads(capsys.readouterr().out) == [{"at": "2020-01-02T03:04:05+00:00", "n": 1}]


def test_no_rows_are_an_empty_list_for_a_machine(capsys: pytest.CaptureFixture[str]) -> None:
    show([], as_json=True)

    assert json.loads(capsys.readouterr().out) == []


def test_one_thing_is_a_line_for_each_fact(capsys: pytest.CaptureFixture[str]) -> None:
    show_one({"status": "PAID", "waits_for": None})

    assert capsys.readouterr().out == "status\tPAID\nwaits_for\t\n"


def test_a_table_leaves_out_empty_columns_and_shows_durations() -> None:
    assert drawn(80).splitlines()[0].split() == ["order", "uuid", "age"]
    assert "1.5 min" in drawn(80)


def test_a_table_cuts_no_uuid_off_on_a_narrow_terminal() -> None:
    assert str(ROWS[0]["order_uuid"]) in drawn(40)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("until", None, "-"),
        ("at", MOMENT, "01-02 03:04:05"),
        ("age_s", 7200, "2.0 h"),
        ("price", 1234.5, "1,234.50"),
        ("details", {"topic": "order.paid", "offset": 3}, "topic=order.paid  offset=3"),
    ],
)
def test_a_reader_gets_each_value_in_plain_words(name: str, value: object, shown: str) -> None:
    assert as_text(name, value) == shown


def test_a_duration_has_the_unit_of_its_size() -> None:
    shown = [as_duration(each) for each in (1, 61, 3601, 100_000)]

    assert shown == ["1.0 s", "1.0 min", "1.0 h", "1.2 d"]
