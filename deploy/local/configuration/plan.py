"""The plan of the stack: from the environment it was started with, else from this one."""

import json
import os
from collections.abc import Iterable

from deploy.local.configuration.environment import Environments, relevant, started_with
from deploy.local.configuration.folders import Folders
from deploy.local.configuration.passwords import read_or_make_passwords
from deploy.local.configuration.ports import Ports, ports_from
from deploy.local.configuration.programs import Stack
from deploy.local.configuration.targets import prometheus_targets
from deploy.local.engines.files import write_private
from deploy.local.errors import CannotStart
from deploy.local.supervision.daemon import Daemon
from deploy.local.supervision.program import Program
from deploy.local.supervision.supervisor_conf import supervisor_configuration


def plan_from_environment(folders: Folders) -> Stack:
    """Decide what `up` would start now. Raises CannotStart."""
    return _plan(folders, dict(os.environ))


def plan_of_running(folders: Folders) -> Stack:
    """Return the plan of the running stack; if none runs, the plan that `up` would use."""
    return _plan(folders, started_with(folders))


def ports_of_running(folders: Folders) -> Ports:
    """Return the ports of the running stack; if none runs, those that `up` would use."""
    return ports_from(started_with(folders))


def save_plan(stack: Stack, programs: Iterable[Program]) -> None:
    """Write what supervisor, the next command and a Prometheus need to find this stack."""
    configuration = supervisor_configuration(
        programs,
        folders=stack.folders,
        supervisor_port=stack.environments.ports.supervisor,
        password=stack.environments.passwords.supervisor,
    )
    write_private(stack.folders.supervisor_configuration, configuration)
    caller = relevant(stack.environments.caller)
    write_private(stack.folders.environment, json.dumps(caller, indent=2))
    targets = prometheus_targets(stack.environments.ports)
    stack.folders.prometheus_targets.write_text(targets, encoding="utf-8")


def daemon_of(stack: Stack) -> Daemon:
    environments = stack.environments
    return Daemon(stack.folders, environments.ports.supervisor, environments.passwords.supervisor)


def _plan(folders: Folders, caller: dict[str, str]) -> Stack:
    ports = ports_from(caller)
    folders.make()
    if not folders.passwords.exists() and any(folders.data.iterdir()):
        raise CannotStart(
            f"{folders.passwords} is gone, and the data was made with it: run `make clean`"
        )
    passwords = read_or_make_passwords(folders.passwords)
    environments = Environments(caller=caller, ports=ports, passwords=passwords)
    return Stack(folders=folders, environments=environments)
