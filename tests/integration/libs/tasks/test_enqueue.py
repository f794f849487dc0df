import time

import pytest
from redis import Redis

from deploy.local.engines.ports import free_port
from deploy.local.engines.process import EngineProcess
from libs.tasks.errors import QueueUnavailable
from tests.integration.libs.tasks.conftest import a_call, task_queue
from tests.integration.libs.tasks.tiny_worker import QUEUE


def test_two_hundred_tasks_are_one_round_trip(private_url: str, client: Redis) -> None:
    queue = task_queue(private_url)
    queue.enqueue([a_call(text="to have connected")])
    reads_before = client.info("stats")["total_reads_processed"]

    queue.enqueue([a_call(text=str(n), countdown_s=n % 3) for n in range(200)])

    reads = client.info("stats")["total_reads_processed"] - reads_before
    assert client.llen(QUEUE) == 201
    assert reads < 100  # one by one it takes at least 200


def test_without_redis_an_enqueue_fails_at_once() -> None:
    queue = task_queue(f"redis://127.0.0.1:{free_port()}/0")
    begun = time.monotonic()

    with pytest.raises(QueueUnavailable):
        queue.enqueue([a_call(text="lost")])

    assert time.monotonic() - begun < 5


def test_an_enqueue_fails_while_redis_is_down_and_succeeds_when_it_is_back(
    private_redis: EngineProcess,
    private_url: str,
    client: Redis,
) -> None:
    queue = task_queue(private_url)
    queue.enqueue([a_call(text="before")])
    private_redis.kill()
    begun = time.monotonic()
    for _ in range(3):
        with pytest.raises(QueueUnavailable):
            queue.enqueue([a_call(text="meanwhile")])
    assert time.monotonic() - begun < 5

    private_redis.restart()
    queue.enqueue([a_call(text="after")])

    assert client.llen(QUEUE) >= 1


@pytest.mark.parametrize(
    ("setting", "refused"), [("min-replicas-to-write", "1"), ("maxmemory", "1")]
)
def test_a_refused_write_is_unavailable_leaves_no_connection_and_succeeds_later(
    private_url: str, client: Redis, setting: str, refused: str
) -> None:
    queue = task_queue(private_url)
    queue.enqueue([a_call(text="before")])
    client.config_set(setting, refused)
    for _ in range(20):
        with pytest.raises(QueueUnavailable):
            queue.enqueue([a_call(text="meanwhile")] * 3)
    assert client.info("clients")["connected_clients"] == 1, "the test's own"
    client.config_set(setting, "0")

    queue.enqueue([a_call(text="after")])

    assert client.llen(QUEUE) == 2


def test_a_misspelt_queue_name_is_refused(redis_url: str) -> None:
    queue = task_queue(redis_url)
    call = a_call(text="astray")

    with pytest.raises(KeyError):
        queue.enqueue([type(call)(name=call.name, queue="tyni", kwargs=call.kwargs)])
