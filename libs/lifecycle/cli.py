"""The command line that every service has: python -m <service> <role>."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated, TypeVar, cast

import typer

from libs.health.heartbeat import unhealthy_reason
from libs.settings.base import from_environment
from libs.settings.groups import ProcessSettings

T = TypeVar("T")

Role = Callable[[], None]
"""Runs until SIGTERM, or to its end. It reads its own settings and builds its own objects."""

NO_COMMANDS: Mapping[str, Role | str] = {}
NO_GROUPS: Mapping[str, str] = {}

LEFT_OUT = "rich"
"""structlog imports it where it is installed, only to draw tracebacks on a terminal, which we write
otherwise. It is 4 MiB in each process."""


def service_cli(
    service: str,
    roles: Mapping[str, Role | str],
    *,
    commands: Mapping[str, Role | str] = NO_COMMANDS,
    groups: Mapping[str, str] = NO_GROUPS,
) -> typer.Typer:
    """Build a command per role, and health ROLE, which exits 1 if the role is hung.

    Commands end by themselves and have no heartbeat. A role or command that is given as
    "package.module:function" is imported only when it runs or is listed, so that a process loads
    the libraries of its own role only, and never LEFT_OUT. A group is given as a function that
    builds its commands.
    """
    sys.modules.setdefault(LEFT_OUT, None)  # type: ignore[arg-type]  # Python's mark for absent
    cli = _without_commands(service)
    runnable = {**roles, **commands}
    for name in asked_for(runnable, sys.argv[1:]):
        role = loaded(runnable[name])
        cli.command(name, help=role.__doc__)(role)
    for name in asked_for(groups, sys.argv[1:]):
        cli.add_typer(loaded(groups[name])(), name=name)
    _add_health(cli, service, roles)
    return cli


def _without_commands(service: str) -> typer.Typer:
    cli = typer.Typer(
        name=f"python -m {service}",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )

    # Without a callback, a CLI with one command would be that command.
    @cli.callback(help=f"Roles and commands of {service}.")
    def about() -> None:
        pass

    return cli


def _add_health(cli: typer.Typer, service: str, roles: Iterable[str]) -> None:
    @cli.command(help="Exit 1 if the role had no heartbeat for 30 s.")
    def health(role: Annotated[str, typer.Argument(help=", ".join(roles))]) -> None:
        if role not in roles:
            raise typer.BadParameter(f"{role} is not one of {', '.join(roles)}")
        state_dir: Path = from_environment(ProcessSettings).state_dir
        if reason := unhealthy_reason(state_dir, f"{service}.{role}"):
            sys.exit(f"{service} {role}: {reason}")


def asked_for(commands: Mapping[str, object], arguments: Sequence[str]) -> Iterable[str]:
    """Return the names to load: the one that runs, or all of them to list the commands."""
    if not arguments or arguments[0].startswith("-"):
        return commands
    return [name for name in commands if name == arguments[0] or callable(commands[name])]


def loaded(command: Callable[..., T] | str) -> Callable[..., T]:
    """Import a command that is given as "package.module:function"."""
    if callable(command):
        return command
    module, _, function = command.partition(":")
    return cast(Callable[..., T], getattr(import_module(module), function))
