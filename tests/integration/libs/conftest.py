"""Workers whose tasks write to a file, as processes."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.roles import RoleProcess, running_role

TINY_WORKER = "tests.integration.libs.tasks.tiny_worker"

TICKING = {"TICKING": "regularly"}


@dataclass(frozen=True, slots=True)
class TinyWorker:
    process: RoleProcess
    trace: Path
    state_dir: Path

    def traces(self, text: str) -> list[float]:
        """Return the Unix times at which a task wrote text."""
        if not self.trace.exists():
            return []
        lines = (line.split(" ", 1) for line in self.trace.read_text().splitlines())
        return [float(moment) for moment, left in lines if left == text]


StartWorker = Callable[..., TinyWorker]


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[StartWorker]:
    """Start a worker on this Redis; by default wait until it is ready."""
    with ExitStack() as running:

        def start(
            url: str, *, environment: Mapping[str, str] | None = None, ready: bool = True
        ) -> TinyWorker:
            trace, state_dir = tmp_path / "trace", tmp_path / "state"
            variables = {
                "CELERY_BROKER_URL": url,
                "TRACE": str(trace),
                "STATE_DIR": str(state_dir),
                **(environment or {}),
            }
            process = running.enter_context(running_role(TINY_WORKER, "worker", variables))
            if ready:
                process.wait_for_output(" ready.")
            return TinyWorker(process, trace, state_dir)

        yield start
