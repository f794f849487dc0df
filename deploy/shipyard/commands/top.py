"""shipyard top: a live view of the whole system."""

import sys
import time
from collections.abc import Sequence
from functools import partial
from threading import Event, Thread
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.live import Live
from sqlalchemy import Engine

from deploy.shipyard.asking import ANSWER_TIMEOUT_S
from deploy.shipyard.commands.events.lag import COMMITS, questions, rows_of, totals
from deploy.shipyard.readings.flow import Flow, see_flow
from deploy.shipyard.readings.outbox import Unpublished, unpublished
from deploy.shipyard.readings.ships import queues_of, see_backlog
from deploy.shipyard.screen.dashboard import Seen, dashboard
from deploy.shipyard.screen.watching import Watch
from deploy.shipyard.servers import KAFKA, NOTIFICATIONS, ORDERS, REDIS, Servers, of_this_process
from libs.clock import utc_now
from notification_service.repository.overview import count_deliveries

EVERY_S = 1.0

MINUTES = 5


def top(
    *, once: Annotated[bool, typer.Option("--once", help="Show it once and end.")] = False
) -> None:
    """Show everything on one live screen.

    Rates, ages, queues and lag, refreshed each second. A store that is away is named with the
    time of its last answer. In a pipe it shows one screen.

    Example: shipyard top
    """
    watches = watches_of(of_this_process())
    console = Console(highlight=False)
    if once or not sys.stdout.isatty():
        look_once(watches)
        console.print(dashboard(seen_by(watches)))
        return
    stop = Event()
    for watch in watches:
        watch.start(stop, every_s=EVERY_S)
    with Live(console=console, screen=True, auto_refresh=False) as live:
        while not stop.wait(EVERY_S):
            live.update(dashboard(seen_by(watches)), refresh=True)


def look_once(watches: Sequence[Watch[Any]]) -> None:
    """Look at all stores at the same time; a store that does not answer is left behind."""
    looks = [Thread(target=watch.look, daemon=True) for watch in watches]
    until_s = time.monotonic() + ANSWER_TIMEOUT_S
    for look in looks:
        look.start()
    for look in looks:
        look.join(max(0.0, until_s - time.monotonic()))


def watches_of(servers: Servers) -> Sequence[Watch[Any]]:
    asked = questions(servers)
    broker_url = servers.broker_url
    return (
        Watch(ORDERS, partial(_orders, servers.orders)),
        Watch(NOTIFICATIONS, partial(count_deliveries, servers.notifications)),
        Watch(REDIS, lambda: queues_of(see_backlog(broker_url))),
        Watch(KAFKA, lambda: totals(list(rows_of(asked[KAFKA](), asked[COMMITS]())))),
    )


def seen_by(watches: Sequence[Watch[Any]]) -> Seen:
    orders, chats, redis, kafka = (watch.answer for watch in watches)
    flow, outbox = orders or (None, None)
    return Seen(
        now=utc_now(),
        flow=flow,
        outbox=outbox,
        queues=redis,
        groups=kafka,
        chats=chats,
        away=[away for watch in watches if (away := watch.away)],
    )


def _orders(engine: Engine) -> tuple[Flow, list[Unpublished]]:
    return see_flow(engine, minutes=MINUTES), unpublished(engine)
