"""More copies of a role, beside the one that supervisor runs."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.bench.beside import end, start_owned
from tests.bench.stack.system import System


@dataclass(frozen=True, slots=True)
class _Command:
    argv: Sequence[str]
    environment: Mapping[str, str]
    folder: Path

    def start(
        self, name: str, number: int, environment: Mapping[str, str]
    ) -> "subprocess.Popen[bytes]":
        state = Path(self.environment["STATE_DIR"]).parent / f"{name}-{number}"
        own = {**self.environment, **environment, "STATE_DIR": str(state)}
        return start_owned(self.argv, own, folder=self.folder)


class Copies:
    """Knows how each role was started, also while it is stopped. Create it while they run."""

    def __init__(self, system: System, names: Sequence[str]) -> None:
        self._commands = {name: _command(system.processes.of(name)) for name in names}

    @contextmanager
    def running(
        self, names: Sequence[str], more: int, **environment: str
    ) -> Iterator[list["subprocess.Popen[bytes]"]]:
        """Start that many more copies of each role; end them afterwards."""
        started: list[subprocess.Popen[bytes]] = []
        try:
            for name in names:
                command = self._commands[name]
                started += [command.start(name, each, environment) for each in range(more)]
            yield started
        finally:
            for each in started:
                each.terminate()
            for each in started:
                end(each)


def _command(processes: Sequence[psutil.Process]) -> _Command:
    oldest = min(processes, key=lambda process: process.create_time())
    return _Command(oldest.cmdline(), oldest.environ(), Path(oldest.cwd()))
