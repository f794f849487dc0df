"""Finds ports that another program uses, before anything is started."""

import contextlib
from collections.abc import Callable, Iterator

import psutil

from deploy.local.configuration.environment import Environments
from deploy.local.configuration.ports import PORT_VARIABLES
from deploy.local.engines.ports import is_busy


def needed_ports(environments: Environments) -> Iterator[tuple[str, int]]:
    """Name each port that the stack will listen on. An engine elsewhere needs none here."""
    for name in PORT_VARIABLES:
        if name.removesuffix("_controller") not in environments.elsewhere:
            first = getattr(environments.ports, name)
            for port in range(first, first + PORT_VARIABLES[name].number if first else 0):
                yield name, port


def port_problems(
    environments: Environments, *, busy: Callable[[int], bool] = is_busy
) -> list[str]:
    """Say why a port cannot be used, and which variable changes it."""
    problems = []
    owners: dict[int, str] = {}
    for name, port in needed_ports(environments):
        known = PORT_VARIABLES[name]
        if port in owners:
            problems.append(
                f"port {port} is meant for {known.purpose} ({known.variable}) and for"
                f" {owners[port]}: give each its own"
            )
        elif busy(port):
            problems.append(
                f"port {port} ({known.purpose}) is in use{_by_whom(port)}:"
                f" end that, or set {known.variable} to a free port"
            )
        owners[port] = f"{known.purpose} ({known.variable})"
    return problems


def _by_whom(port: int) -> str:
    with contextlib.suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            is_listening = connection.status == psutil.CONN_LISTEN
            if is_listening and connection.laddr[1:2] == (port,) and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (pid {connection.pid})"
    return ""
