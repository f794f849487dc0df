"""Kills, stops and restarts roles, and finds roles that died unexpectedly."""

import os
import time
import xmlrpc.client
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from signal import SIGKILL
from typing import Protocol

import psutil

from deploy.local.supervision.daemon import Running
from tests.support.eventually import eventually

BACK_WITHIN_S = 60.0
STOPS_WITHIN_S = 20.0


class Supervisor(Protocol):
    """The part of deploy.local.supervision.daemon.Daemon that is used here."""

    address: str

    def processes(self) -> Sequence[Running]: ...


class Supervised:
    """The roles of one stack by name, such as order-http. supervisor restarts dead ones."""

    def __init__(self, daemon: Supervisor) -> None:
        self._daemon = daemon
        self._watched: dict[str, int] = {}
        self._ended: dict[str, int] = {}

    def names(self) -> list[str]:
        return sorted(each.name for each in self.processes() if each.pid)

    def processes(self) -> Sequence[Running]:
        return self._daemon.processes()

    def pid(self, name: str) -> int:
        """Return its process; wait if it is being restarted."""
        return eventually(lambda: self._find(name).pid, within_s=BACK_WITHIN_S)

    def watch(self) -> None:
        """Require that every role lives from now on. Waits for roles that are being restarted."""
        for name in {*self.names(), *self._ended} - self._watched.keys():
            self._watched[name] = self.wait_for(name)

    def excuse(self, name: str, *, ended: int) -> None:
        """Excuse the death of this role's process, and further ones until the next watch()."""
        self._watched.pop(name, None)
        self._ended[name] = ended

    def deaths(self) -> list[str]:
        """Name the roles that are gone, or died without being excused."""
        pids = {each.name: each.pid for each in self.processes()}
        return sorted(name for name, pid in self._watched.items() if pids.get(name) != pid)

    def kill(self, name: str) -> None:
        """Send SIGKILL; wait first if the role is being restarted."""
        eventually(lambda: self._is_killed(name), within_s=BACK_WITHIN_S)

    def _is_killed(self, name: str) -> bool:
        pid = self.wait_for(name)
        self.excuse(name, ended=pid)
        try:
            os.kill(pid, SIGKILL)
        except ProcessLookupError:
            return False
        return True

    @contextmanager
    def frozen(self, *names: str) -> Iterator[None]:
        """Freeze the roles: their ports accept connections, and nothing answers."""
        with ExitStack() as thawing:
            for name in names:
                process = psutil.Process(self.pid(name))
                process.suspend()
                thawing.callback(process.resume)
            yield

    def stop(self, name: str) -> tuple[int, float]:
        """Send SIGTERM and wait; return the exit code and the seconds it took."""
        self.excuse(name, ended=self.pid(name))
        begun = time.monotonic()
        self._tell("stopProcess", name, wait=True)
        eventually(lambda: not self._find(name).pid, within_s=STOPS_WITHIN_S)
        return self._find(name).exit_code, time.monotonic() - begun

    def start(self, name: str) -> None:
        self._tell("startProcess", name, wait=False)

    def is_running(self, name: str) -> bool:
        return self._find(name).state in {"RUNNING", "STARTING"}

    def wait_for(self, name: str) -> int:
        """Return its process, after supervisor has noticed the end of the last one."""
        ended = self._ended.get(name)
        return eventually(
            lambda: pid if (pid := self._find(name).pid) != ended else 0, within_s=BACK_WITHIN_S
        )

    def _tell(self, method: str, name: str, *, wait: bool) -> None:
        with xmlrpc.client.ServerProxy(self._daemon.address) as server:
            getattr(server.supervisor, method)(f"{self._find(name).group}:{name}", wait)

    def _find(self, name: str) -> Running:
        return next(each for each in self.processes() if each.name == name)
