"""shipyard doctor: what is wrong with this machine."""

import typer

from deploy.local.doctor import examine
from deploy.shipyard.exits import ExitCode
from deploy.shipyard.surroundings import local_folders


def doctor() -> None:
    """List problems of this machine.

    And of the local stack, each with the way to fix it; exit code 1 if there is one.

    Example: shipyard doctor
    """
    findings = list(examine(local_folders()))
    for finding in findings:
        typer.echo(f"{finding.what}: {'ok' if not finding.problems else ''}".rstrip())
        for problem in finding.problems:
            typer.echo(f"  - {problem}")
    if any(finding.problems for finding in findings):
        raise typer.Exit(ExitCode.PROBLEM)
