"""python -m tests.chaos: runs every fault, or the named ones, against the whole system."""

import os
import sys
from pathlib import Path
from random import SystemRandom
from typing import Annotated

import typer
from rich.console import Console

from deploy.local.configuration.folders import ROOT
from tests.chaos.faults.faults import SCENARIOS
from tests.chaos.jobs import Job, run_jobs
from tests.chaos.report import table, write_json
from tests.chaos.run import Row

LARGEST_SEED = 10**6
MOST_SHOWN = 20
COLUMNS = 120
"""Width of a table that is written to a file."""

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console(soft_wrap=True, width=None if sys.stdout.isatty() else COLUMNS)


def say(line: str) -> None:
    console.print(line, highlight=False)


@cli.command()
def chaos(
    *,
    scenario: Annotated[str, typer.Option(help="Names, comma-separated; default: all.")] = "",
    seed: Annotated[int, typer.Option(help="Seed that a run printed; 0 takes a new one.")] = 0,
    times: Annotated[int, typer.Option(min=1, help="Runs per scenario; seeds count up.")] = 1,
    jobs: Annotated[int, typer.Option(min=1, help="Number of systems that run in parallel.")] = 1,
    output: Annotated[Path, typer.Option(help="File for the rows as JSON.")] = (
        ROOT / ".local" / "chaos.json"
    ),
) -> None:
    """Break the running system, fix it, and check in the stores that nothing was lost."""
    names = _names(scenario)
    seed = seed or SystemRandom().randrange(1, LARGEST_SEED)
    wanted = [Job(name, seed + n) for n in range(times) for name in names]
    rows: list[Row] = []
    for row in run_jobs(wanted, at_once=jobs):
        say(f"{row.scenario} with seed {row.seed}: {'pass' if row.is_passed else 'FAIL'}")
        for violation in row.violations[:MOST_SHOWN]:
            say(f"  {violation}")
        rows.append(row)
        write_json(rows, output)
    console.print(table(rows))
    say(f"as JSON: {os.path.relpath(output)}")
    sys.exit(any(not row.is_passed for row in rows))


def _names(wanted: str) -> list[str]:
    known = [each.name for each in SCENARIOS]
    names = [name.strip() for name in wanted.split(",") if name.strip()] or known
    if unknown := set(names) - set(known):
        sys.exit(f"no scenario {', '.join(sorted(unknown))}: there are {', '.join(known)}")
    return names


if __name__ == "__main__":
    cli()
