"""Real roles as child processes of a test."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from libs.settings.groups import PostgresSettings
from tests.support.eventually import eventually

ROOT = Path(__file__).parents[2]


READY = {"worker": " ready.", "consumer": "bridge_started", "relay": ""}
"""What a role writes when it is ready."""


LINES_SHOWN = 60
"""Most lines of a role's output that a failing test prints."""


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
        """Wait until the role has written text. Raises AssertionError with its last lines."""

        def written() -> bool:
            said = self.output
            if text not in said:
                raise AssertionError(f"{self._name} never wrote {text!r}:\n{last_lines(said)}")
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
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._output.unlink(missing_ok=True)


def last_lines(said: str) -> str:
    """Return the end of a log. That of a role that crashes again and again has thousands."""
    lines = said.splitlines()
    left_out = len(lines) - LINES_SHOWN
    return "\n".join(
        [*([f"({left_out} lines before)"] if left_out > 0 else []), *lines[-LINES_SHOWN:]]
    )


StartRole = Callable[..., RoleProcess]


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


@contextmanager
def role_starter(service: str, environment: Mapping[str, str]) -> Iterator[StartRole]:
    """Yield a function that starts a role and waits until it is ready; all end with the block.

    With crash_at, the role dies at that label.
    """
    with ExitStack() as running:

        def start(role: str, *, crash_at: str = "") -> RoleProcess:
            variables = {**environment, "CRASH_AT": crash_at}
            process = running.enter_context(running_role(service, role, variables))
            process.wait_for_output(READY[role])
            return process

        yield start


def run_to_end(
    service: str, role: str, environment: Mapping[str, str], *options: str
) -> tuple[int, str]:
    """Run a role that ends by itself within a minute; return its exit code and its output."""
    with running_role(service, role, environment, *options) as process:
        return process.wait_for_exit(within_s=60), process.output


def postgres_environment(settings: PostgresSettings) -> dict[str, str]:
    return {
        "POSTGRES_HOST": settings.postgres_host,
        "POSTGRES_PORT": str(settings.postgres_port),
        "POSTGRES_USER": settings.postgres_user,
        "POSTGRES_PASSWORD": settings.postgres_password.get_secret_value(),
        "POSTGRES_DB": settings.postgres_db,
        "POSTGRES_SSL_MODE": settings.postgres_ssl_mode,
    }


def _inherited() -> dict[str, str]:
    """Return this process's environment without any settings of the services."""
    names = ("PATH", "HOME", "LANG", "TMPDIR", "COVERAGE_PROCESS_START")
    return {name: os.environ[name] for name in names if name in os.environ}
