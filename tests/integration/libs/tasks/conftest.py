"""A real worker process on a real Redis."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.local.engines.ports import free_port
from deploy.local.engines.process import EngineProcess
from deploy.local.engines.valkey import Valkey
from libs.tasks.app import create_celery
from libs.tasks.enqueue import TaskCall, TaskQueue
from tests.support.roles import RoleProcess, running_role

TINY_WORKER = "tests.integration.libs.tasks.tiny_worker"

QUEUE = "tiny"


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
    """Start a worker on that Redis; by default wait until it is ready."""
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


@pytest.fixture
def private_redis(tmp_path: Path) -> Iterator[EngineProcess]:
    """Yield a Redis that the test may kill."""
    with EngineProcess(Valkey(state=tmp_path / "redis", port=free_port())) as process:
        yield process


def url_of(redis: EngineProcess) -> str:
    return f"redis://127.0.0.1:{redis.engine.ports[0]}/0"


def task_queue(url: str) -> TaskQueue:
    return TaskQueue(create_celery("tests", url, queues=(QUEUE,)))


def a_call(name: str = "tiny.note", *, countdown_s: float = 0.0, **arguments: object) -> TaskCall:
    return TaskCall(name=name, queue=QUEUE, kwargs=arguments, countdown_s=countdown_s)
