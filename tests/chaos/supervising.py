"""What happens to a role: killed, told to stop, started again."""

import contextlib
import os
import time
import xmlrpc.client
from collections.abc import Sequence
from signal import SIGKILL

from deploy.local.daemon import Daemon, Running
from libs.testing.eventually import eventually

BACK_WITHIN_S = 60.0
STOPS_WITHIN_S = 20.0


class Supervised:
    """The roles of one stack by name, such as order-http. supervisor restarts what dies."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._address = daemon.address

    def names(self) -> list[str]:
        return sorted(each.name for each in self.processes() if each.pid)

    def processes(self) -> Sequence[Running]:
        return self._daemon.processes()

    def pid(self, name: str) -> int:
        """Return its process, waiting for one that is just being restarted."""
        return eventually(lambda: self._find(name).pid, within_s=BACK_WITHIN_S)

    def kill(self, name: str) -> None:
        """Send SIGKILL, waiting for a process that is just being restarted."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid(name), SIGKILL)

    def stop(self, name: str) -> tuple[int, float]:
        """Send SIGTERM and wait; return the exit code and the seconds it took."""
        begun = time.monotonic()
        with xmlrpc.client.ServerProxy(self._address) as server:
            server.supervisor.stopProcess(self._full_name(name), True)  # noqa: FBT003  # XML-RPC has no keywords
        eventually(lambda: not self._find(name).pid, within_s=STOPS_WITHIN_S)
        return self._find(name).exit_code, time.monotonic() - begun

    def start(self, name: str) -> None:
        with xmlrpc.client.ServerProxy(self._address) as server:
            server.supervisor.startProcess(self._full_name(name), False)  # noqa: FBT003  # see stop

    def is_running(self, name: str) -> bool:
        return self._find(name).state in {"RUNNING", "STARTING"}

    def _full_name(self, name: str) -> str:
        return f"{self._find(name).group}:{name}"

    def _find(self, name: str) -> Running:
        return next(each for each in self.processes() if each.name == name)
