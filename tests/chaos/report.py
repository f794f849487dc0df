"""The rows as a table and as a file."""

import json
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from tests.chaos.run import Row, row_to_json

COLUMNS = (
    "scenario",
    "seed",
    "orders",
    "in flight",
    "faults",
    "built s",
    "recovery s",
    "lost",
    "doubled",
    "ambiguous",
    "verdict",
)


def table(rows: Sequence[Row]) -> Table:
    shown = Table(*COLUMNS, box=None, header_style="bold")
    for row in rows:
        shown.add_row(
            row.scenario,
            str(row.seed),
            str(row.orders),
            str(row.in_flight),
            str(row.faults),
            f"{row.built_s:.1f}",
            f"{row.recovery_s:.1f}",
            str(row.lost),
            str(row.doubled),
            str(row.ambiguous),
            "pass" if row.is_passed else f"FAIL ({len(row.violations)})",
        )
    return shown


def write_json(rows: Sequence[Row], path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text(json.dumps([row_to_json(row) for row in rows], indent=2), encoding="utf-8")
