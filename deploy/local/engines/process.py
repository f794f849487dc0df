"""A local server as a child process: start, wait, kill, freeze."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path
from signal import SIGCONT, SIGSTOP, Signals
from typing import Self

import psutil

from deploy.local.engines import owned
from deploy.local.engines.engine import Engine
from deploy.local.engines.errors import EngineBroken, EngineNotReady

LOOK_EVERY_S = 0.05


class EngineProcess:
    """A server that ends with the process owner_pid, by default this one.

    Its data stays on disk after a kill. As a context manager it is ready inside.
    """

    def __init__(self, engine: Engine, *, owner_pid: int | None = None) -> None:
        self.engine = engine
        self._owner_pid = owner_pid or os.getpid()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        return self._running().pid

    @property
    def log(self) -> Path:
        return self.engine.state.with_name(f"{self.engine.state.name}.log")

    def start(self) -> None:
        """Prepare and start without waiting. Raises EngineBroken."""
        self.engine.prepare()
        command = self.engine.command()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  # our own engines
                [sys.executable, "-I", owned.__file__, str(self._owner_pid), *command.argv],
                cwd=command.folder,
                env={**os.environ, **command.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_ready(self, *, timeout_s: float = 60.0) -> None:
        """Return when the server answers. Raises EngineBroken with the end of its log."""
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                return self.engine.check()
            except EngineNotReady as error:
                reason = str(error)
            if self._running().poll() is not None or time.monotonic() > deadline:
                raise EngineBroken(f"{self.engine.name} is not ready: {reason}\n{self._log_end()}")
            time.sleep(LOOK_EVERY_S)

    def kill(self) -> None:
        """Send SIGKILL to it and its children, as a crash of the machine would, and wait."""
        if self._process is None:
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            owned.kill_tree(psutil.Process(self._process.pid))
        self._process.wait()
        self._process = None

    def leave_running(self) -> None:
        """Detach it from this process; it then ends only with its owner."""
        self._running().returncode = 0  # or subprocess warns about a child that outlives its Popen
        self._process = None

    def freeze(self) -> None:
        """Freeze it and its children: connections stay open and nothing answers."""
        self._signal_all(SIGSTOP)

    def thaw(self) -> None:
        self._signal_all(SIGCONT)

    def restart(self) -> None:
        """Kill it, start it again with its data, and wait until it answers."""
        self.kill()
        self.start()
        self.wait_ready()

    def __enter__(self) -> Self:
        self.start()
        try:
            self.wait_ready()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise EngineBroken(f"{self.engine.name} is not started")
        return self._process

    def _signal_all(self, signal: Signals) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(self.pid)
            for each in (process, *process.children(recursive=True)):
                each.send_signal(signal)

    def _log_end(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
