"""The commands of shipyard, each loaded only when it runs or is listed."""

from collections.abc import Callable, Sequence
from importlib.util import find_spec

import typer

from deploy.shipyard.exits import INSTEAD_OF_LOGS, INSTEAD_OF_PS, MEANINGS, NotInContainers
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
    "doctor": f"{PACKAGE}.machine:doctor",
    "ps": f"{PACKAGE}.processes:ps",
    "logs": f"{PACKAGE}.logs:logs",
    "top": f"{PACKAGE}.top:top",
}

LOCAL_STACK = "deploy.local.supervision"
"""Its code; the image for containers does not have it."""

FOR_CONTAINERS = {"doctor": INSTEAD_OF_PS, "ps": INSTEAD_OF_PS, "logs": INSTEAD_OF_LOGS}
"""Commands that look at the local stack, and what to use for containers."""

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
        if name in FOR_CONTAINERS and find_spec(LOCAL_STACK) is None:
            refused = {"allow_extra_args": True, "ignore_unknown_options": True}
            cli.command(name, context_settings=refused)(_instead(FOR_CONTAINERS[name]))
        else:
            cli.command(name)(loaded(COMMANDS[name]))

    # Without a callback, a CLI with one command would be that command.
    @cli.callback(help=HELP)
    def about() -> None:
        pass

    return cli


def _instead(of_containers: str) -> Callable[[], None]:
    def not_here() -> None:
        raise NotInContainers(of_containers)

    not_here.__doc__ = f"Not in containers: use `{of_containers}` where they run."
    return not_here
