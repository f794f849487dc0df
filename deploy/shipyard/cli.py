"""The commands of shipyard, each loaded only when it runs or is listed."""

from collections.abc import Sequence

import typer

from deploy.shipyard.exits import MEANINGS
from libs.lifecycle.cli import asked_for, loaded

PACKAGE = "deploy.shipyard.commands"

GROUPS = {
    "order": f"{PACKAGE}.buying.orders:cli",
    "parts": f"{PACKAGE}.buying.parts:cli",
    "events": f"{PACKAGE}.events.tail:cli",
    "dlq": f"{PACKAGE}.events.dead_letters:cli",
    "deliveries": f"{PACKAGE}.deliveries:cli",
}

COMMANDS = {
    "lag": f"{PACKAGE}.events.lag:lag",
    "queues": f"{PACKAGE}.queues:queues",
    "outbox": f"{PACKAGE}.events.outbox:outbox",
    "stats": f"{PACKAGE}.stats:stats",
    "stores": f"{PACKAGE}.stores:stores",
    "check": f"{PACKAGE}.checks:check",
    "doctor": f"{PACKAGE}.checks:doctor",
    "ps": f"{PACKAGE}.processes:ps",
    "logs": f"{PACKAGE}.logs:logs",
    "top": f"{PACKAGE}.top:top",
}

HELP = f"""Look at a running Shipyard, and act on it.

Finds the local stack of this folder by itself; an address in the environment wins.

{MEANINGS}
"""


def shipyard_cli(arguments: Sequence[str]) -> typer.Typer:
    """Build the command line with the commands that these arguments need."""
    cli = typer.Typer(
        name="shipyard",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    for name in asked_for(GROUPS, arguments):
        cli.add_typer(loaded(GROUPS[name])(), name=name)
    for name in asked_for(COMMANDS, arguments):
        cli.command(name)(loaded(COMMANDS[name]))

    # Without a callback, a CLI with one command would be that command.
    @cli.callback(help=HELP)
    def about() -> None:
        pass

    return cli
