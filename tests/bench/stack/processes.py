"""CPU and memory of a stack's processes, read from outside."""

import contextlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.local.supervision.processes import STACK_VARIABLE

SUPERVISOR = "supervisord"

MIB = 2**20


@dataclass(frozen=True, slots=True)
class StackProcesses:
    """The processes of the stack whose .local this is, also of another version of Shipyard."""

    local: Path

    def cpu_s(self) -> dict[str, float]:
        """Return the CPU seconds so far by program, with those of children that have ended."""
        used: dict[str, float] = defaultdict(float)
        for process, name in self._named():
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                used[name] += times.user + times.system
                used[name] += times.children_user + times.children_system
        return used

    def memory_mib(self) -> dict[str, float]:
        """Return the proportional set size by program."""
        used: dict[str, float] = defaultdict(float)
        for process, name in self._named():
            with contextlib.suppress(psutil.Error):
                used[name] += process.memory_full_info().pss / MIB
        return used

    def of(self, name: str) -> list[psutil.Process]:
        return [process for process, program in self._named() if program == name]

    def _named(self) -> Iterator[tuple[psutil.Process, str]]:
        """Name each process after its program in supervisor; a child has its parent's name."""
        marked = [
            (process, name) for process in psutil.process_iter() if (name := self._name(process))
        ]
        seen = {process.pid for process, _ in marked}
        yield from marked
        for process, name in marked:
            if name == SUPERVISOR:
                continue
            with contextlib.suppress(psutil.Error):
                for child in process.children(recursive=True):
                    if child.pid not in seen:
                        seen.add(child.pid)
                        yield child, name

    def _name(self, process: psutil.Process) -> str | None:
        """Servers that overwrite their environment with a title are known by their folder."""
        with contextlib.suppress(psutil.Error, OSError):
            if process.status() == psutil.STATUS_ZOMBIE:
                return None
            environment = process.environ()
            if environment.get(STACK_VARIABLE) == str(self.local):
                return environment.get("SUPERVISOR_PROCESS_NAME", SUPERVISOR)
            data, folder = self.local / "data", Path(process.cwd())
            if folder.is_relative_to(data) and folder != data:
                return folder.relative_to(data).parts[0]
        return None
