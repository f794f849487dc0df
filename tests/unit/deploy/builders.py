"""Builders of stacks."""

from collections.abc import Mapping
from pathlib import Path

from deploy.local.configuration.environment import Environments
from deploy.local.configuration.folders import Folders
from deploy.local.configuration.passwords import Passwords
from deploy.local.configuration.ports import ports_from
from deploy.local.configuration.programs import Stack
from deploy.local.supervision.daemon import Running

PASSWORDS = Passwords(
    postgres="elephant-word",
    order="order-word",
    notification="notification-word",
    redis="redis-word",
    supervisor="supervisor-word",
    telegram="telegram-word",
)


def environments(caller: Mapping[str, str] | None = None) -> Environments:
    return Environments(caller=caller or {}, ports=ports_from(caller or {}), passwords=PASSWORDS)


def a_stack(local: Path, caller: Mapping[str, str] | None = None) -> Stack:
    return Stack(folders=Folders(local), environments=environments(caller))


def running(name: str, state: str = "RUNNING", *, pid: int = 1, exit_code: int = 0) -> Running:
    return Running(group="shop", name=name, state=state, pid=pid, exit_code=exit_code, uptime_s=0)
