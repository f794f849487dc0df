"""Shows rows: a table on a terminal, tab-separated lines in a pipe, JSON with --json.

A name that ends in _s is a number of seconds; on a terminal it is shown as a duration.
"""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, TextIO

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

Row = Mapping[str, Any]

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]

GAP = 2
"""Blanks between two columns."""

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400


def show(
    rows: Sequence[Row],
    *,
    as_json: bool = False,
    nothing: str = "nothing found",
    brief: Callable[[Row], Row] = dict,
) -> None:
    """Print the rows, which have the same names; on a terminal what brief leaves of each."""
    if as_json:
        typer.echo(json.dumps([as_plain(row) for row in rows], indent=2))
    elif sys.stdout.isatty():
        console = Console(highlight=False)
        console.print(table([brief(row) for row in rows], width=console.width) if rows else nothing)
    else:
        print_lines(rows, sys.stdout)


def show_one(row: Row, *, as_json: bool = False) -> None:
    """Print one thing, a line for each of its facts."""
    if as_json:
        typer.echo(json.dumps(as_plain(row), indent=2))
        return
    if not sys.stdout.isatty():
        for name, value in row.items():
            typer.echo(f"{name}\t{_plain_text(value)}")
        return
    facts = Table(box=None, pad_edge=False, show_header=False)
    facts.add_column(style="bold", no_wrap=True)
    facts.add_column(overflow="fold")
    for name, value in row.items():
        facts.add_row(_title(name), Text(as_text(name, value)))
    Console(highlight=False).print(facts)


def warn(message: str) -> None:
    """Print a line beside the answer: what is missing from it."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(Text(message, style="yellow"))


def table(rows: Sequence[Row], *, width: int) -> Table:
    """Draw the rows, without the columns that are empty in all of them.

    If they do not fit, every column but the first is broken into lines; nothing is cut off.
    """
    shown = Table(box=None, pad_edge=False, header_style="bold")
    names = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    cells = {name: [as_text(name, row[name]) for row in rows] for name in names}
    widths = {name: max(map(len, (_title(name), *cells[name]))) for name in names}
    fits = sum(widths.values()) + GAP * (len(names) - 1) <= width
    for number, name in enumerate(names):
        shown.add_column(
            _title(name),
            justify="right" if _is_number(row[name] for row in rows) else "left",
            no_wrap=number == 0 or fits,
            overflow="fold",
        )
    for line in zip(*cells.values(), strict=True):
        shown.add_row(*map(Text, line))
    return shown


def _is_number(values: Iterable[Any]) -> bool:
    return all(isinstance(value, int | float | None) for value in values)


def print_lines(rows: Iterable[Row], stream: TextIO) -> None:
    for number, row in enumerate(rows):
        if number == 0:
            stream.write("\t".join(row) + "\n")
        stream.write("\t".join(map(_plain_text, row.values())) + "\n")


def as_text(name: str, value: Any) -> str:
    """Write a value for a reader."""
    match value:
        case None:
            return "-"
        case datetime():
            return as_moment(value)
        case int() | float() if name.endswith("_s"):
            return as_duration(value)
        case Mapping():
            return "  ".join(f"{key}={_plain_text(each)}" for key, each in value.items())
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


def as_moment(moment: datetime) -> str:
    """Write a time of today without its date. All times are UTC."""
    is_today = moment.astimezone(UTC).date() == datetime.now(UTC).date()
    return f"{moment.astimezone(UTC):{'%H:%M:%S' if is_today else '%m-%d %H:%M:%S'}}"


def as_duration(seconds: float) -> str:
    if abs(seconds) < MINUTE_S:
        return f"{seconds:.1f} s"
    if abs(seconds) < HOUR_S:
        return f"{seconds / MINUTE_S:.1f} min"
    if abs(seconds) < DAY_S:
        return f"{seconds / HOUR_S:.1f} h"
    return f"{seconds / DAY_S:.1f} d"


def as_plain(value: Any) -> Any:
    """Return what JSON can hold."""
    match value:
        case datetime():
            return value.isoformat()
        case None | bool() | int() | float() | str():
            return value
        case Mapping():
            return {str(key): as_plain(each) for key, each in value.items()}
        case list() | tuple():
            return [as_plain(each) for each in value]
    return str(value)


def _plain_text(value: Any) -> str:
    plain = as_plain(value)
    if plain is None or plain == {}:
        return ""
    text = plain if isinstance(plain, str) else json.dumps(plain)
    return " ".join(text.split())


def _title(name: str) -> str:
    return name.removesuffix("_s").replace("_", " ")
