"""shipyard check and doctor: what is wrong with the system, and with this machine."""

from typing import Annotated

import typer

from deploy.local.configuration.folders import Folders
from deploy.local.doctor import examine
from deploy.shipyard.exits import ExitCode
from deploy.shipyard.surroundings import Surroundings
from order_service.app.commands.check import Patience, run_check


def check(
    within: Annotated[
        float, typer.Option(help="Seconds to look again while something is wrong.")
    ] = 2.0,
    patience: Patience = 30.0,
) -> None:
    """Print each broken promise of orders, events and queues; exit 1 if there is one.

    The command of order_service, with the environment of the stack.

    Example: shipyard check --within 10
    """
    surroundings = Surroundings.of_this_process()
    surroundings.ensure_found()
    with surroundings.environment_of("order"):
        run_check(within=within, patience=patience)


def doctor() -> None:
    """List problems of this machine and of the local stack, and how to fix them.

    Example: shipyard doctor
    """
    findings = list(examine(Folders()))
    for finding in findings:
        typer.echo(f"{finding.what}: {'ok' if not finding.problems else ''}".rstrip())
        for problem in finding.problems:
            typer.echo(f"  - {problem}")
    if any(finding.problems for finding in findings):
        raise typer.Exit(ExitCode.PROBLEM)
