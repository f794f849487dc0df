"""The command line that every service has: python -m <service> <role>."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from libs.health.heartbeat import heartbeat_path, unhealthy_reason
from libs.settings.base import from_environment
from libs.settings.groups import ProcessSettings

Role = Callable[[], None]
"""Runs a role until SIGTERM. It reads its own settings and builds its own objects."""


def service_door(service: str, roles: Mapping[str, Role]) -> typer.Typer:
    """Build a command per role, and health ROLE, which exits 1 if the role is hung."""
    door = typer.Typer(
        name=f"python -m {service}",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for name, role in roles.items():
        door.command(name, help=role.__doc__)(role)

    @door.command(help="Exit 1 if the role's loop has not moved for 30 s.")
    def health(role: Annotated[str, typer.Argument(help=", ".join(roles))]) -> None:
        if role not in roles:
            raise typer.BadParameter(f"{role} is none of {', '.join(roles)}")
        state_dir: Path = from_environment(ProcessSettings).state_dir
        if reason := unhealthy_reason(heartbeat_path(state_dir, service, role)):
            sys.exit(f"{service} {role}: {reason}")

    return door
