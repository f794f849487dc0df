"""Redis that answers and refuses writes, for every reason."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest
import redis

from libs.health.heartbeat import last_touches, unhealthy_reason
from tests.integration.libs.conftest import TICKING, StartWorker, TinyWorker
from tests.integration.libs.tasks.conftest import a_call, task_queue
from tests.support.eventually import eventually

NOBODY = ("127.0.0.1", 1)

ATTEMPTS = 8
"""Connection attempts, one a second, each with two connections."""

STALE_AFTER_S = 5.0
"""Age limit instead of the health check's 30 s; a heartbeat comes every two seconds."""

SETTINGS = {"NOREPLICAS": "min-replicas-to-write", "OOM": "maxmemory"}


@contextmanager
def refusing(client: redis.Redis, how: str) -> Iterator[None]:
    """Refuse every write with this error."""
    if how == "READONLY":
        client.replicaof(*NOBODY)
        yield
        client.replicaof("NO", "ONE")
    else:
        client.config_set(SETTINGS[how], "1")
        yield
        client.config_set(SETTINGS[how], "0")


def size_of(worker: TinyWorker) -> tuple[int, int]:
    process = psutil.Process(worker.process.pid)
    return process.num_fds(), process.num_threads()


def connected(client: redis.Redis) -> int:
    return int(client.info("stats")["total_connections_received"])


def see_attempts(client: redis.Redis) -> None:
    """Wait until the worker has tried to connect often enough to show a leak."""
    begun = connected(client)
    eventually(lambda: connected(client) >= begun + 2 * ATTEMPTS, within_s=20)


def beats(worker: TinyWorker) -> float:
    return max(last_touches(worker.state_dir, "tiny.w").values())


def errors(worker: TinyWorker) -> list[str]:
    lines = [json.loads(line) for line in worker.process.output.splitlines()]
    return [line["event"] for line in lines if line["level"] in {"error", "critical"}]


@pytest.mark.parametrize("how", ["READONLY", "NOREPLICAS"])
def test_a_worker_is_unhealthy_logs_once_keeps_its_size_and_continues(
    client: redis.Redis, private_url: str, start_worker: StartWorker, how: str
) -> None:
    worker = start_worker(private_url, environment=TICKING)
    eventually(lambda: worker.traces("tick"))
    files, threads = size_of(worker)

    with refusing(client, how):
        worker.process.wait_for_output("redis_refuses")
        see_attempts(client)
        assert time.time() - beats(worker) > STALE_AFTER_S
        assert errors(worker) == ["redis_refuses"]
        assert '"exception"' not in worker.process.output

    task_queue(private_url).enqueue([a_call(text="afterwards")])
    eventually(lambda: worker.traces("afterwards"), within_s=8)
    eventually(lambda: time.time() - beats(worker) < STALE_AFTER_S, within_s=8)
    assert size_of(worker)[0] <= files + 5
    assert size_of(worker)[1] <= threads + 5


@pytest.mark.parametrize("how", ["READONLY", "NOREPLICAS", "OOM"])
def test_a_worker_that_starts_during_a_refusal_waits_and_then_takes_tasks(
    client: redis.Redis, private_url: str, start_worker: StartWorker, how: str
) -> None:
    with refusing(client, how):
        worker = start_worker(private_url, ready=False)
        worker.process.wait_for_output("redis_refuses")
        files, threads = size_of(worker)
        see_attempts(client)
        assert unhealthy_reason(worker.state_dir, "tiny.w")
        assert errors(worker) == ["redis_refuses"]
        assert size_of(worker)[0] <= files + 5
        assert size_of(worker)[1] <= threads + 5

    task_queue(private_url).enqueue([a_call(text="afterwards")])
    eventually(lambda: worker.traces("afterwards"), within_s=8)


def test_workers_empty_a_full_redis_and_log_it_once(
    client: redis.Redis, private_url: str, start_worker: StartWorker
) -> None:
    worker = start_worker(private_url)
    task_queue(private_url).enqueue(
        [a_call(text="begun before", countdown_s=3.0), a_call(text="later", countdown_s=6.0)]
    )
    eventually(lambda: client.zcard("unacked_index") == 2)

    with refusing(client, "OOM"):
        worker.process.wait_for_output("redis_refuses")
        eventually(lambda: worker.traces("begun before"), within_s=8)
        eventually(lambda: worker.traces("later"), within_s=8)
        eventually(lambda: client.zcard("unacked_index") == 0)
        assert time.time() - beats(worker) < STALE_AFTER_S
        assert errors(worker) == ["redis_refuses"]
        assert '"exception"' not in worker.process.output

    worker.process.wait_for_output("dependency_arrived")
