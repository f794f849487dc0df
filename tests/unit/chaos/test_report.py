import io
import json
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from tests.chaos.report import table, write_json
from tests.chaos.run import Row

PASSED = Row(
    scenario="redis-flush",
    seed=7,
    orders=300,
    in_flight=180,
    faults=3,
    recovery_s=9.9,
    built_s=4.4,
    lost=0,
    doubled=0,
    ambiguous=1,
    violations=[],
)
FAILED = replace(PASSED, scenario="kafka-kill", lost=1, violations=["I1: order 7 is PAID"])


def test_the_table_shows_which_scenario_kept_the_promises() -> None:
    console = Console(file=io.StringIO(), width=120)

    console.print(table([PASSED, FAILED]))

    assert isinstance(console.file, io.StringIO)
    _, passed, failed = console.file.getvalue().splitlines()
    expected = ["redis-flush", "7", "300", "180", "3", "4.4", "9.9", "0", "0", "1", "pass"]
    assert passed.split() == expected
    assert failed.split()[-2:] == ["FAIL", "(1)"]


def test_the_file_holds_every_row_with_its_verdict_and_what_was_wrong(tmp_path: Path) -> None:
    path = tmp_path / "made" / "chaos.json"

    write_json([PASSED, FAILED], path)

    passed, failed = json.loads(path.read_text(encoding="utf-8"))
    assert (passed["seed"], passed["verdict"], passed["violations"]) == (7, "pass", [])
    assert (failed["verdict"], failed["violations"]) == ("fail", FAILED.violations)
