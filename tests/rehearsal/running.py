"""A container's program while it runs."""

import contextlib
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from libs.engines import leash
from tests.rehearsal.containers import seconds
from tests.rehearsal.foreign import Ending
from tests.rehearsal.place import Place
from tests.rehearsal.problem import Problem

LOOK_EVERY_S = 0.3

LOG_END = 3000
"""Characters of a log that are shown when something is wrong."""


@dataclass(slots=True, kw_only=True)
class Running:
    """Started with its limits; it ends with this process, however that ends."""

    place: Place
    argv: tuple[str, ...]
    ending: Ending
    log: Path
    peak_memory: int = 0
    _process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def name(self) -> str:
        return self.place.container.name

    def start(self) -> None:
        self.log.parent.mkdir(mode=0o700, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-I", leash.__file__, str(os.getpid())),
                    *self.place.confined(self.argv),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/",
                start_new_session=True,
            )

    def wait_healthy(self) -> None:
        """Ask its health check, at once and often, for as long as Compose would. Raises Problem."""
        check = self.place.container.service["healthcheck"]
        patience_s = seconds(check["start_period"]) + check["retries"] * seconds(check["interval"])
        deadline = time.monotonic() + patience_s
        while (answer := self.health()) is not None:
            if time.monotonic() > deadline:
                raise self.problem(f"not healthy after {patience_s:.0f} s: {answer}")
            time.sleep(LOOK_EVERY_S)

    def health(self) -> str | None:
        """Run the health check once; None if all is well. Raises Problem if the program ended."""
        self._must_run()
        check = self.place.container.service["healthcheck"]
        kind, *words = check["test"]
        argv = ("sh", "-c", *words) if kind == "CMD-SHELL" else tuple(words)
        try:
            done = self.place.run(argv, within_s=seconds(check["timeout"]))
        except subprocess.TimeoutExpired:
            return f"took longer than {check['timeout']}"
        return None if done.returncode == 0 else done.stdout.strip() or f"exit {done.returncode}"

    def wait_done(self, *, within_s: float = 60.0) -> None:
        """Wait for a job to end well. Raises Problem."""
        try:
            code = self._started().wait(within_s)
        except subprocess.TimeoutExpired:
            raise self.problem(f"not done after {within_s:.0f} s") from None
        if code:
            raise self.problem(f"ended with {code}")

    def measure(self) -> None:
        """Remember the most memory that it and its children ever held, each at its own time."""
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(self._started().pid)
            family = [process, *process.children(recursive=True)]
            self.peak_memory = max(self.peak_memory, sum(map(_peak, family)))

    def ask_to_stop(self) -> None:
        self._started().send_signal(self.ending.signal)

    def wait_stopped(self, asked_at: float) -> float:
        """Return the seconds that it took. Raises Problem if it was too slow or ended badly."""
        grace_s = self.place.container.stop_within_s
        try:
            code = self._started().wait(max(0.0, asked_at + grace_s - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise self.problem(
                f"still runs {grace_s:.0f} s after {self.ending.signal.name}"
            ) from None
        if code not in self.ending.exit_codes:
            raise self.problem(f"ended with {code} after {self.ending.signal.name}")
        return time.monotonic() - asked_at

    def kill(self) -> None:
        if self._process is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                leash.kill_tree(psutil.Process(self._process.pid))
            self._process.wait()

    def problem(self, what: str) -> Problem:
        log = self.log.read_text(encoding="utf-8", errors="replace")[-LOG_END:].strip()
        return Problem(f"{self.name}: {what}\n{log}")

    def _must_run(self) -> None:
        if (code := self._started().poll()) is not None:
            raise self.problem(f"ended by itself with {code}")

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            raise Problem(f"{self.name} is not started")
        return self._process


def _peak(process: psutil.Process) -> int:
    """Read the most bytes that a process ever held in memory."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    lines = (line.split() for line in status.splitlines() if line.startswith("VmHWM"))
    return sum(int(words[1]) * 1024 for words in lines)
