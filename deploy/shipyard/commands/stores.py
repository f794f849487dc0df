"""shipyard stores: who blocks whom in the databases, and how Redis is."""

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any

import typer

from deploy.shipyard.asking import ask_all
from deploy.shipyard.exits import ExitCode
from deploy.shipyard.output import AsJson, as_plain, show, show_one, warn
from deploy.shipyard.readings.sessions import blockers, see_redis
from deploy.shipyard.servers import NOTIFICATIONS, ORDERS, REDIS, Servers, of_this_process


def stores(*, as_json: AsJson = False) -> None:
    """Show who blocks whom, and how full Redis is.

    Database sessions that block others, and since when. A session that keeps a transaction open
    for over 5 s, or another user's that holds rows, is shown too. Redis forgets at a restart how
    often it was emptied: compare started_at.

    Example: shipyard stores
    """
    found, away = ask_all(questions(of_this_process()))
    rows = [
        {"database": name, **row} for name in (ORDERS, NOTIFICATIONS) for row in found.get(name, ())
    ]
    redis = asdict(found[REDIS]) if REDIS in found else None
    if as_json:
        typer.echo(json.dumps(as_plain({"blockers": rows, "redis": redis}), indent=2))
    else:
        show(rows, nothing="no session blocks others")
        if redis:
            typer.echo("\nRedis")
            show_one(redis)
    for each in away:
        warn(str(each))
    if away:
        raise typer.Exit(ExitCode.AWAY)


def questions(servers: Servers) -> dict[str, Callable[[], Any]]:
    return {
        ORDERS: partial(blockers, servers.orders),
        NOTIFICATIONS: partial(blockers, servers.notifications),
        REDIS: partial(see_redis, servers.broker_url),
    }
