"""Talking to the stack's supervisord."""

import http.client
import os
import subprocess
import sys
import xmlrpc.client
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from deploy.local.errors import NotRunning
from deploy.local.folders import ROOT, Folders
from deploy.local.processes import STACK_VARIABLE
from deploy.local.supervisor_conf import identifier
from libs.engines.engine import LOOPBACK
from libs.settings.base import EXIT_BAD_CONFIGURATION


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What supervisor says of one process."""

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
        """Whether supervisor will not start it again by itself."""
        return self.state == "FATAL" or (
            self.state == "EXITED" and self.exit_code == EXIT_BAD_CONFIGURATION
        )


class Daemon:
    """The supervisord of one .local. Each call raises NotRunning if it does not answer."""

    def __init__(self, folders: Folders, port: int) -> None:
        self._folders = folders
        self._rpc = xmlrpc.client.ServerProxy(f"http://{LOOPBACK}:{port}/RPC2")

    def start(self, environment: Mapping[str, str]) -> None:
        """Start supervisord in the background with its configuration; it starts the rest."""
        marks = {
            STACK_VARIABLE: str(self._folders.local),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        }
        configuration = str(self._folders.supervisor_configuration)
        subprocess.run(  # noqa: S603  # our own interpreter
            [sys.executable, "-m", "supervisor.supervisord", "-c", configuration],
            env={**os.environ, **environment, **marks},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            check=True,
        )

    def is_running(self) -> bool:
        """Whether it is there, and is ours and not another stack's."""
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

    def ask_to_stop(self, group: str) -> None:
        """Send the stop signal to every process of the group; does not wait."""
        self._call("stopProcessGroup", group, False)  # noqa: FBT003  # XML-RPC has no keywords

    def shut_down(self) -> None:
        self._call("shutdown")

    def _call(self, method: str, *arguments: object) -> object:
        try:
            return getattr(self._rpc.supervisor, method)(*arguments)
        except (OSError, http.client.HTTPException, xmlrpc.client.Error) as error:
            raise NotRunning from error
