"""Real roles as child processes of a test."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.support.eventually import eventually

ROOT = Path(__file__).parents[2]


class RoleProcess:
    """python -m <service> <role>, in a process group of its own, its output in a file."""

    def __init__(
        self, service: str, role: str, environment: Mapping[str, str], *options: str
    ) -> None:
        self._name = f"{service} {role}"
        self._output = Path(tempfile.mkstemp(prefix=f"{service}-{role}-", suffix=".log")[1])
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(  # our own interpreter and package
                [sys.executable, "-m", service, role, *options],
                cwd=ROOT,
                env={**_inherited(), **environment, "PYTHONUNBUFFERED": "1"},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def output(self) -> str:
        return self._output.read_text(encoding="utf-8", errors="replace")

    @property
    def exit_code(self) -> int | None:
        return self._process.poll()

    def wait_for_output(self, text: str, *, within_s: float = 30.0) -> None:
        """Wait until the role has written text. Raises AssertionError with its whole output."""

        def written() -> bool:
            assert text in self.output, f"{self._name} never wrote {text!r}:\n{self.output}"
            return True

        eventually(written, within_s=within_s)

    def wait_for_exit(self, *, within_s: float = 20.0) -> int:
        """Return the exit code. Raises subprocess.TimeoutExpired."""
        return self._process.wait(timeout=within_s)

    def terminate(self) -> None:
        self._process.send_signal(signal.SIGTERM)

    def signal(self, signum: signal.Signals) -> None:
        self._process.send_signal(signum)

    def kill(self) -> None:
        """Send SIGKILL to the main process only, as a crash would."""
        self._process.kill()
        self._process.wait()

    def clean_up(self) -> None:
        """Kill the process group and delete the output file."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._output.unlink(missing_ok=True)


@contextmanager
def running_role(
    service: str, role: str, environment: Mapping[str, str], *options: str
) -> Iterator[RoleProcess]:
    """Start the role; stop it and its children in any case."""
    process = RoleProcess(service, role, environment, *options)
    try:
        yield process
    finally:
        process.clean_up()


def _inherited() -> dict[str, str]:
    """Return this process's environment without any settings of the services."""
    names = ("PATH", "HOME", "LANG", "TMPDIR", "COVERAGE_PROCESS_START")
    return {name: os.environ[name] for name in names if name in os.environ}
