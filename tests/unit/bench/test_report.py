import io
import json
import math
from pathlib import Path

from rich.console import Console

from tests.bench.ratios import compare
from tests.bench.report import ratio_table, result_tables, write_json
from tests.unit.bench.builders import a_line, a_result, a_run


def shown(*tables: object) -> str:
    console = Console(file=io.StringIO(), width=200)
    for table in tables:
        console.print(table)
    assert isinstance(console.file, io.StringIO)
    return " ".join(console.file.getvalue().split())


def test_a_line_shows_its_figures_and_the_processes_that_take_most() -> None:
    line = a_line("fast", per_s=1234.5, late_s=0.0123, cpu_ms={"kafka": 1.0, "postgres": 2.5})

    text = shown(*result_tables(a_result("cost", line), "here"))

    assert "fast 1234 0.012 3.50 postgres 2.50, kafka 1" in text


def test_lines_with_other_figures_have_a_table_of_their_own() -> None:
    lines = (a_line("a", per_s=1.0), a_line("b", per_s=3.0), a_line("c", late_s=2.0))

    assert "per s a 1 b 3 late s c 2" in shown(*result_tables(a_result("cost", *lines), "here"))


def test_a_ratio_is_shown_beside_both_figures() -> None:
    runs = [
        a_run(a_result("cost", a_line("fast", per_s=value)), checkout=name)
        for name, value in (("old", 4.0), ("here", 2.0))
    ]

    assert "cost fast per s 4 2 0.50" in shown(
        ratio_table(compare(runs, base="old", here="here"), "old")
    )


def test_the_file_holds_the_machine_every_run_and_what_failed(tmp_path: Path) -> None:
    run = a_run(a_result("cost", a_line("fast", per_s=4.0)))
    path = tmp_path / "new" / "bench.json"

    write_json(path, {"python": "3"}, [run], [])

    written = json.loads(path.read_text())
    assert written["machine"] == {"python": "3"}
    assert written["runs"][0]["results"][0]["lines"][0]["figures"] == {"per s": 4.0}
    assert written["runs"][0]["failures"] == {}


def test_a_figure_that_is_not_a_number_is_null_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"

    write_json(path, {}, [a_run(a_result("cost", a_line("none", late_s=math.nan)))], [])

    written = json.loads(path.read_text(), parse_constant=lambda name: f"not JSON: {name}")
    assert written["runs"][0]["results"][0]["lines"][0]["figures"] == {"late s": None}
