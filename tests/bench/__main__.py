"""python -m tests.bench: measures the whole system, and another commit in turn with it."""

import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
from filelock import FileLock, Timeout
from rich.console import Console

from tests.bench.errors import NotMeasured
from tests.bench.judging import judge
from tests.bench.machine import machine
from tests.bench.ratios import Ratio, compare
from tests.bench.registry import chosen
from tests.bench.report import ratio_table, result_tables, write_json
from tests.bench.results import Run
from tests.bench.scale import FULL, OF_QUICK, QUICK
from tests.bench.stack.checkout import BENCH, HERE, commit_of
from tests.bench.turns import take_turns

COLUMNS = 200
"""Width of a table that is written to a file."""

TURNS_BESIDE_A_BASE = 2

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console(soft_wrap=True, width=None if sys.stdout.isatty() else COLUMNS)


def say(line: str) -> None:
    console.print(line, highlight=False)


@cli.command()
def bench(
    *,
    only: Annotated[str, typer.Option(help="Measurements, comma-separated; default: all.")] = "",
    base: Annotated[str, typer.Option(help="Commit to measure in turn with the tree.")] = "",
    turns: Annotated[int, typer.Option(min=0, help="Turns of each; default: 1, 2 with base.")] = 0,
    quick: Annotated[bool, typer.Option("--quick", help="The short form, for CI.")] = False,
    output: Annotated[Path, typer.Option(help="File for the figures.")] = BENCH / "bench.json",
) -> None:
    """Measure the working tree, with what is not committed, on a stack of its own."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    BENCH.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(BENCH / "lock", timeout=0):
            runs = _measure(
                only,
                commit_of(base) if base else "",
                turns or (TURNS_BESIDE_A_BASE if base else 1),
                quick=quick,
                output=output,
            )
    except Timeout:
        sys.exit("another bench runs here: both would measure each other")
    except NotMeasured as error:
        sys.exit(str(error))
    verdicts = [verdict for run in runs if quick and run.checkout == HERE for verdict in judge(run)]
    for verdict in verdicts:
        say(str(verdict))
    is_kept = all(verdict.is_kept for verdict in verdicts)
    sys.exit(not is_kept or any(run.failures for run in runs))


def _measure(only: str, base: str, turns: int, *, quick: bool, output: Path) -> list[Run]:
    about = machine()
    for name, value in about.items():
        say(f"{name}: {value}")
    runs: list[Run] = []
    ratios: list[Ratio] = []
    names, scale = chosen(only or (OF_QUICK if quick else "")), QUICK if quick else FULL
    for run in take_turns(base, names, scale, turns=turns, say=say):
        runs.append(run)
        _show(run)
        ratios = compare(runs, base=base, here=HERE)
        write_json(output, about, runs, ratios)
    if ratios:
        console.print(ratio_table(ratios, base))
    say(f"as JSON: {os.path.relpath(output)}")
    return runs


def _show(run: Run) -> None:
    heading = f"{run.checkout}, turn {run.turn}, load average {run.load_average:.1f} before"
    for result in run.results:
        for table in result_tables(result, heading):
            console.print(table)
    for name, reason in run.failures.items():
        say(f"{run.checkout}, turn {run.turn}: {name} NOT MEASURED: {reason}")


if __name__ == "__main__":
    cli()
