"""The figures as tables and as a file."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.table import Table

from tests.bench.ratios import Ratio
from tests.bench.results import Line, Result, Run, to_json

SHOWN_PROCESSES = 6
SHOWN_FROM_MS = 0.001

STYLE: Mapping[str, Any] = {"box": None, "header_style": "bold", "title_justify": "left"}


def result_tables(result: Result, heading: str) -> Iterator[Table]:
    """Show a row per line, and a table per run of lines with the same figures."""
    title = f"{result.title} ({heading})"
    for names, lines in groupby(result.lines, lambda line: tuple(line.figures)):
        yield _table(title, names, list(lines), result.unit)
        title = ""


def _table(title: str, names: Sequence[str], lines: Sequence[Line], unit: str) -> Table:
    """Show the processes that take most CPU in the last column."""
    table = Table(title=title, **STYLE)
    table.add_column("", no_wrap=True)
    has_cpu = any(line.cpu_ms for line in lines)
    for name in (*names, *([f"CPU ms/{unit}", "of which"] if has_cpu else [])):
        table.add_column(name)
    for line in lines:
        figures = [_number(line.figures[name]) for name in names]
        cpu = [_number(line.total_cpu_ms), _processes(line)] if has_cpu else []
        table.add_row(line.label, *figures, *cpu)
    return table


def ratio_table(ratios: Sequence[Ratio], base: str) -> Table:
    """Show each figure of both checkouts, and here divided by base."""
    title = f"here divided by {base}; medians of all turns"
    table = Table("", "line", "figure", base, "here", "ratio", title=title, **STYLE)
    for each in ratios:
        numbers = (_number(each.base), _number(each.here), f"{each.ratio:.2f}")
        table.add_row(each.measurement, each.line, each.figure, *numbers)
    return table


def write_json(
    path: Path, machine: Mapping[str, str], runs: Iterable[Run], ratios: Sequence[Ratio]
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "machine": machine,
        "runs": [to_json(run) for run in runs],
        "ratios": [each.to_json() for each in ratios],
    }
    path.write_text(json.dumps(_with_nulls(content), indent=2), encoding="utf-8")


def _with_nulls(content: Any) -> Any:
    """Replace what is not a number, which JSON does not know, by null."""
    match content:
        case Mapping():
            return {name: _with_nulls(value) for name, value in content.items()}
        case list() | tuple():
            return [_with_nulls(value) for value in content]
        case float() if math.isnan(content):
            return None
    return content


def _processes(line: Line) -> str:
    most = sorted(line.cpu_ms.items(), key=lambda each: -each[1])[:SHOWN_PROCESSES]
    return ", ".join(f"{name} {_number(value)}" for name, value in most if value >= SHOWN_FROM_MS)


def _number(value: float) -> str:
    if math.isnan(value):
        return ""
    if value == int(value) or abs(value) >= 1000:
        return f"{value:.0f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.2g}"
