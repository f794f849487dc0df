"""shipyard logs: the logs of the local stack, merged by time."""

import re
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, NoReturn
from uuid import UUID

import typer
from rich.console import Console
from rich.text import Text

from deploy.local.errors import NoSuchProcess
from deploy.shipyard.exits import INSTEAD_OF_LOGS, NotInContainers, WrongUsage
from deploy.shipyard.readings.log_lines import (
    HIDDEN,
    LEVELS,
    Follower,
    LogLine,
    Wanted,
    stored_lines,
)
from deploy.shipyard.surroundings import local_folders
from libs.clock import utc_now

LAST = 20
"""Lines of each process that are shown if nothing narrows them down."""

LOOK_EVERY_S = 0.3

STYLES = {"warning": "yellow", "error": "red", "critical": "bold red"}

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

Name = Annotated[str, typer.Argument(help="A process, or the beginning of its name.")]


def logs(
    name: Name = "",
    *,
    since: Annotated[str | None, typer.Option(help="Such as 90s, 5m, 2h or 1d.")] = None,
    level: Annotated[str | None, typer.Option(help=f"At least {', '.join(LEVELS)}.")] = None,
    order: Annotated[UUID | None, typer.Option(help="Only lines that name this order.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Wait for new lines.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The lines as they are.")] = False,
) -> None:
    """Show the logs of the local stack.

    Merged by time; without an option the last 20 lines of each process.

    Example: shipyard logs order --since 5m --level warning
    """
    wanted = wanted_lines(since=since, level=level, order=order)
    folder = local_folders().log
    if not folder.exists():
        raise NotInContainers(INSTEAD_OF_LOGS)
    files = sorted(folder.glob(f"{name}*.log"))
    if not files:
        raise NoSuchProcess(name, [file.stem for file in folder.glob("*.log")])
    followers = [Follower(file) for file in files]
    last = LAST if wanted == Wanted() else None
    shown = Shown(as_json=as_json)
    for line in stored_lines(files, wanted, last=last):
        shown(line)
    if follow:
        show_new(followers, wanted, shown)


def show_new(followers: Sequence[Follower], wanted: Wanted, shown: "Shown") -> NoReturn:
    while True:
        new = [line for follower in followers for line in follower.new_lines()]
        for line in sorted(new, key=lambda each: each.at):
            if wanted.has(line):
                shown(line)
        time.sleep(LOOK_EVERY_S)


def wanted_lines(*, since: str | None, level: str | None, order: UUID | None) -> Wanted:
    """Read the options. Raises WrongUsage."""
    if level is not None and level.lower() not in LEVELS:
        raise WrongUsage(f"--level {level} is not one of {', '.join(LEVELS)}")
    return Wanted(
        since=utc_now() - age(since) if since else None,
        level=level.lower() if level else None,
        order=str(order) if order else None,
    )


def age(text: str) -> timedelta:
    """Read 90s, 5m, 2h or 1d. Raises WrongUsage."""
    found = re.fullmatch(r"(\d{1,6})([smhd])", text)
    if not found:
        raise WrongUsage(f"--since {text} is no age: write 90s, 5m, 2h or 1d")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


class Shown:
    """Prints lines, with a colour for warnings and errors on a terminal."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._console = Console(highlight=False, soft_wrap=True)

    def __call__(self, line: LogLine) -> None:
        if self._as_json:
            typer.echo(line.text)
        else:
            self._console.print(Text(readable(line), style=STYLES.get(line.level, "")))


def readable(line: LogLine) -> str:
    """Write time, process, level, event and fields. A plain line stays as it is."""
    if not line.fields:
        return f"{line.process}  {line.text}"
    fields = "  ".join(
        f"{name}={value}" for name, value in line.fields.items() if name not in HIDDEN
    )
    moment = f"{line.at:%H:%M:%S}.{line.at.microsecond // 1000:03}"
    return f"{moment}  {line.process}  {line.level}  {line.fields.get('event')}  {fields}".rstrip()
