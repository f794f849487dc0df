"""Starts and controls the stack's supervisord."""

import http.client
import os
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from deploy.local.configuration.folders import ROOT, Folders
from deploy.local.engines import owned
from deploy.local.engines.engine import LOOPBACK
from deploy.local.errors import NoSuchProcess, NotRunning
from deploy.local.supervision.processes import STACK_VARIABLE
from deploy.local.supervision.supervisor_conf import USER, identifier
from libs.settings.base import EXIT_BAD_CONFIGURATION

START_TIMEOUT_S = 20.0
LOOK_EVERY_S = 0.1

NO_OUTPUT = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The state that supervisor reports for one process."""

    group: str
    name: str
    state: str
    pid: int
    exit_code: int
    uptime_s: int

    @property
    def has_succeeded(self) -> bool:
        return self.state == "EXITED" and self.exit_code == 0

    @property
    def is_given_up(self) -> bool:
        """True if supervisor will not restart it by itself."""
        return self.state == "FATAL" or (
            self.state == "EXITED" and self.exit_code == EXIT_BAD_CONFIGURATION
        )


def named(beginning: str, processes: Sequence[Running]) -> list[Running]:
    """Return the processes that run and whose name begins so. Raises NoSuchProcess."""
    found = [each for each in processes if each.pid and each.name.startswith(beginning)]
    if not found:
        raise NoSuchProcess(beginning, [each.name for each in processes])
    return found


class Daemon:
    """The supervisord of one .local. Each call raises NotRunning if it does not answer."""

    def __init__(self, folders: Folders, port: int, password: str) -> None:
        self._folders = folders
        self.address = f"http://{USER}:{password}@{LOOPBACK}:{port}/RPC2"
        """For XML-RPC. Contains the password."""

    def start(self, environment: Mapping[str, str], *, owner_pid: int | None = None) -> None:
        """Start supervisord in the background; it starts the programs.

        With an owner, all of them are killed when that process has ended.
        """
        marks = {
            STACK_VARIABLE: str(self._folders.local),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        }
        configuration = str(self._folders.supervisor_configuration)
        argv = [sys.executable, "-m", "supervisor.supervisord", "-c", configuration]
        variables = {**os.environ, **environment, **marks}
        if owner_pid is None:
            subprocess.run(argv, env=variables, stdin=subprocess.DEVNULL, check=True)  # noqa: S603  # our own interpreter
        else:
            program = [sys.executable, "-I", owned.__file__, str(owner_pid), *argv, "--nodaemon"]
            os.posix_spawn(program[0], program, variables, setsid=True, file_actions=NO_OUTPUT)
            self._wait_until_running()

    def _wait_until_running(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self.is_running():
            if time.monotonic() > deadline:
                raise NotRunning
            time.sleep(LOOK_EVERY_S)

    def is_running(self) -> bool:
        """Return True if the supervisord of this stack answers, and not another stack's."""
        try:
            return bool(self._call("getIdentification") == identifier(self._folders))
        except NotRunning:
            return False

    def processes(self) -> list[Running]:
        listed = cast(list[dict[str, Any]], self._call("getAllProcessInfo"))
        return [
            Running(
                group=each["group"],
                name=each["name"],
                state=each["statename"],
                pid=each["pid"],
                exit_code=each["exitstatus"],
                uptime_s=max(each["now"] - each["start"], 0) if each["pid"] else 0,
            )
            for each in listed
        ]

    def kill(self, process: Running) -> None:
        """Send SIGKILL; supervisor starts the process again."""
        self._call("signalProcess", f"{process.group}:{process.name}", "KILL")

    def ask_to_stop(self, group: str) -> None:
        """Send the stop signal to every process of the group without waiting."""
        self._call("stopProcessGroup", group, False)  # noqa: FBT003  # XML-RPC has no keywords

    def shut_down(self) -> None:
        self._call("shutdown")

    def _call(self, method: str, *arguments: object) -> object:
        try:
            with xmlrpc.client.ServerProxy(self.address) as server:
                return getattr(server.supervisor, method)(*arguments)
        except (OSError, http.client.HTTPException, xmlrpc.client.Error) as error:
            raise NotRunning from error
