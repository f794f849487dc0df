"""shipyard check: what is wrong with the system."""

from functools import partial
from typing import Annotated

import typer

from deploy.shipyard.asking import ask_all
from deploy.shipyard.exits import ExitCode
from deploy.shipyard.servers import Servers
from deploy.shipyard.surroundings import Surroundings
from order_service.app.commands.check import Looks, Patience, lasting
from order_service.config.settings import CheckSettings


def check(
    within: Annotated[
        float, typer.Option(help="Seconds to look again while something is wrong.")
    ] = 0.5,
    patience: Patience = 30.0,
) -> None:
    """Print each promise that is not kept.

    Of orders, events and queues; exit code 1 if there is one. Looks as `python -m order_service
    check` does, at all stores at once.

    Example: shipyard check --within 10
    """
    surroundings = Surroundings.of_this_process()
    settings = surroundings.settings(CheckSettings, "order")
    looks = Looks(settings, Servers(surroundings).orders, patience_s=patience).by_store
    asked = {each: partial(lasting, {each: look}, within_s=within) for each, look in looks.items()}
    found, away = ask_all(asked, beyond_s=within)
    violations = [each for of_store in found.values() for each in of_store]
    for each in (*violations, *away):
        typer.echo(str(each))
    if away:
        raise typer.Exit(ExitCode.AWAY)
    if violations:
        raise typer.Exit(ExitCode.PROBLEM)
    typer.echo("no violation found")
