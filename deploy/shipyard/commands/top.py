"""shipyard top: a live view of the whole system, and what is wrong with it."""

import sys
from threading import Event
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live

from deploy.shipyard.screen.dashboard import dashboard
from deploy.shipyard.screen.watches import Watches
from deploy.shipyard.servers import of_this_process
from deploy.shipyard.surroundings import local_folders

EVERY_S = 1.0

WATCHED_S = 3.0
"""Seconds of looks for one screen: what does not get on is seen only in several of them."""

LOOKS_EVERY_S = 0.5


def top(
    *, once: Annotated[bool, typer.Option("--once", help="Show it once and end.")] = False
) -> None:
    """Show everything on one live screen.

    Problems in words, restarts of the last hour, rates, ages, queues and lag, refreshed each
    second. A store that is away is named with the time of its last answer. In a pipe it shows one
    screen after three seconds.

    Example: shipyard top
    """
    folders = local_folders()
    log = folders.log if folders.environment.exists() else None
    watches = Watches(of_this_process(), log)
    console = Console(highlight=False)
    stop = Event()
    if once or not sys.stdout.isatty():
        watches.start(stop, every_s=LOOKS_EVERY_S)
        stop.wait(WATCHED_S)
        console.print(dashboard(watches.seen()))
        return
    watches.start(stop, every_s=EVERY_S)
    with Live(console=console, screen=True, auto_refresh=False) as live:
        while not stop.wait(EVERY_S):
            live.update(dashboard(watches.seen()), refresh=True)
