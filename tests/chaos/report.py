"""The rows as a table and as a file."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.table import Table

from tests.chaos.run import Row

COLUMNS: Mapping[str, Callable[[Row], object]] = {
    "scenario": lambda row: row.scenario,
    "seed": lambda row: row.seed,
    "orders": lambda row: row.orders,
    "in flight": lambda row: row.in_flight,
    "faults": lambda row: row.faults,
    "built s": lambda row: f"{row.built_s:.1f}",
    "recovery s": lambda row: f"{row.recovery_s:.1f}",
    "lost": lambda row: row.lost,
    "doubled": lambda row: row.doubled,
    "ambiguous": lambda row: row.ambiguous,
    "verdict": lambda row: "pass" if row.is_passed else f"FAIL ({len(row.violations)})",
}


def table(rows: Sequence[Row]) -> Table:
    shown = Table(*COLUMNS, box=None, header_style="bold")
    for row in rows:
        shown.add_row(*(str(cell(row)) for cell in COLUMNS.values()))
    return shown


def write_json(rows: Sequence[Row], path: Path) -> None:
    written = [{**asdict(row), "verdict": "pass" if row.is_passed else "fail"} for row in rows]
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text(json.dumps(written, indent=2), encoding="utf-8")
