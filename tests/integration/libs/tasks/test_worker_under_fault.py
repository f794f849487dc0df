import os
import time
from contextlib import suppress
from pathlib import Path

import pytest
from redis import Redis

from deploy.local.engines.ports import free_port
from deploy.local.engines.process import EngineProcess
from libs.health.heartbeat import last_touches
from tests.integration.libs.conftest import TICKING, StartWorker, TinyWorker
from tests.integration.libs.tasks.conftest import a_call, task_queue
from tests.integration.libs.tasks.tiny_worker import CONCURRENCY
from tests.support.eventually import eventually


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """Return a FIFO that blocks its reader until it is written."""
    path = tmp_path / "gate"
    os.mkfifo(path)
    return path


def last_touch(worker: TinyWorker) -> float:
    return max(last_touches(worker.state_dir, "tiny.w").values(), default=0.0)


def test_a_worker_continues_after_redis_was_killed_and_after_it_was_wiped(
    private_redis: EngineProcess, private_url: str, client: Redis, start_worker: StartWorker
) -> None:
    worker = start_worker(private_url, environment=TICKING)
    private_redis.kill()
    worker.process.wait_for_output("waiting_for_dependency")
    private_redis.restart()
    queue = task_queue(private_url)
    queue.enqueue([a_call(text="after the restart")])
    eventually(lambda: worker.traces("after the restart"), within_s=8)

    client.flushall()
    queue.enqueue([a_call(text="after the wipe")])

    eventually(lambda: worker.traces("after the wipe"), within_s=8)
    ticks = len(worker.traces("tick"))
    eventually(lambda: len(worker.traces("tick")) > ticks + 1)


def test_a_fully_busy_worker_stays_healthy_while_redis_is_down_and_continues_after(
    private_redis: EngineProcess, private_url: str, start_worker: StartWorker, gate: Path
) -> None:
    worker = start_worker(private_url)
    task_queue(private_url).enqueue([a_call("tiny.pass_gate", gate=str(gate))] * CONCURRENCY)
    eventually(lambda: len(worker.traces("at the gate")) == CONCURRENCY)
    private_redis.kill()
    killed_at = time.time()
    eventually(lambda: last_touch(worker) > killed_at + 6, within_s=15)

    def are_through() -> bool:
        with suppress(OSError):  # no task is at the gate now
            os.close(os.open(gate, os.O_WRONLY | os.O_NONBLOCK))
        return len(worker.traces("past the gate")) == CONCURRENCY

    eventually(are_through)
    private_redis.restart()

    task_queue(private_url).enqueue([a_call(text="after the restart")])

    eventually(lambda: worker.traces("after the restart"), within_s=15)
    assert '"exception"' not in worker.process.output


def test_a_worker_without_redis_logs_once_stays_healthy_and_stops_at_once(
    start_worker: StartWorker,
) -> None:
    worker = start_worker(f"redis://127.0.0.1:{free_port()}/0", ready=False)
    worker.process.wait_for_output("waiting_for_dependency")
    touched = eventually(lambda: last_touch(worker))
    eventually(lambda: last_touch(worker) > touched + 2)
    assert worker.process.output.count("waiting_for_dependency") == 1

    worker.process.terminate()

    assert worker.process.wait_for_exit(within_s=5) == 0


def test_a_worker_with_a_running_task_stops_in_time_while_redis_is_down(
    private_redis: EngineProcess, private_url: str, start_worker: StartWorker
) -> None:
    worker = start_worker(private_url)
    task_queue(private_url).enqueue([a_call("tiny.block", seconds=60)])
    eventually(lambda: worker.traces("blocked"))
    private_redis.kill()
    begun = time.monotonic()

    worker.process.terminate()

    assert worker.process.wait_for_exit(within_s=15) == 0
    assert time.monotonic() - begun < 15


def test_a_retry_that_cannot_be_queued_does_not_lose_the_task(
    private_url: str, client: Redis, start_worker: StartWorker, gate: Path
) -> None:
    worker = start_worker(private_url)
    task_queue(private_url).enqueue([a_call("tiny.fail_after_gate", gate=str(gate))])
    eventually(lambda: worker.traces("at the gate"))
    client.config_set("maxmemory", "1")
    gate.write_text("open")
    worker.process.wait_for_output("task_postponed")
    eventually(lambda: "Reject" in worker.process.output)

    client.config_set("maxmemory", "0")

    eventually(lambda: len(worker.traces("at the gate")) >= 2, within_s=70)
