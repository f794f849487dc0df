import pytest
from redis import Redis

from deploy.local.engines.ports import free_port
from libs.metrics.declared.tasks import (
    QUEUE_ITEMS,
    QUEUE_LOST,
    QUEUE_NEXT_DUE,
    QUEUE_OLDEST,
    QUEUE_TASKS,
    REDIS_EMPTIED,
    REDIS_SINCE,
    REDIS_TAKES_WRITES,
)
from libs.metrics.instruments import REGISTRY
from libs.tasks.app import create_celery
from libs.tasks.enqueue import TaskCall, TaskQueue
from libs.tasks.errors import QueueUnavailable
from libs.tasks.redis.backlog import UNACKED, UNACKED_INDEX
from libs.tasks.redis.queue_gauges import READ_AT_MOST, SINCE, QueueGauges

pytestmark = pytest.mark.engine

QUEUE = "assembly"


def send(url: str, number: int, *, summary: str = "", countdown_s: float = 0) -> None:
    call = TaskCall(name="any.task", queue=QUEUE, summary=summary, countdown_s=countdown_s)
    TaskQueue(create_celery("test", url, queues=(QUEUE,))).enqueue([call] * number)


def seen(look: QueueGauges) -> dict[tuple[object, ...], float]:
    return {(each.metric, *each.labels): each.value for each in look()}


def take(client: Redis, number: int) -> None:
    """Move tasks to where a worker keeps those that it holds."""
    (seconds, _) = client.time()
    for tag in range(number):
        message = client.rpop(QUEUE)
        assert isinstance(message, bytes)
        client.hset(UNACKED, str(tag), b'[%s, "", "assembly"]' % message)
        client.zadd(UNACKED_INDEX, {str(tag): seconds - 7})


def test_the_tasks_that_wait_are_counted_with_what_they_carry_and_their_age(redis_url: str) -> None:
    send(redis_url, 2, summary="5 ships")
    send(redis_url, 1)

    found = seen(QueueGauges(redis_url, ["order", QUEUE]))

    assert found[QUEUE_TASKS, QUEUE, "waiting"] == 3
    assert found[QUEUE_ITEMS, QUEUE, "waiting"] == 11
    assert 0 < found[QUEUE_OLDEST, QUEUE, "waiting"] < 60
    assert found[QUEUE_TASKS, "order", "waiting"] == 0
    assert (QUEUE_NEXT_DUE, QUEUE) not in found


def test_the_tasks_that_workers_hold_are_counted_by_queue(redis_url: str) -> None:
    send(redis_url, 3, summary="5 ships", countdown_s=20)
    with Redis.from_url(redis_url) as client:
        take(client, 2)

    found = seen(QueueGauges(redis_url, [QUEUE]))

    assert found[QUEUE_TASKS, QUEUE, "held"] == 2
    assert found[QUEUE_ITEMS, QUEUE, "held"] == 10
    assert 7 <= found[QUEUE_OLDEST, QUEUE, "held"] < 60
    assert 0 < found[QUEUE_NEXT_DUE, QUEUE] <= 20
    assert found[QUEUE_LOST,] == 0


def test_a_message_that_is_never_delivered_again_is_lost(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        client.hset(UNACKED, "a-tag-without-an-index-entry", "a message")

    assert seen(QueueGauges(redis_url, [QUEUE]))[QUEUE_LOST,] == 1


def test_a_message_that_is_no_task_is_one_of_unknown_age(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        client.lpush(QUEUE, "no json", "[]", '{"headers": 5}')

    found = seen(QueueGauges(redis_url, [QUEUE]))

    assert found[QUEUE_TASKS, QUEUE, "waiting"] == found[QUEUE_ITEMS, QUEUE, "waiting"] == 3
    assert found[QUEUE_OLDEST, QUEUE, "waiting"] == 0


def test_a_long_queue_is_counted_in_whole_and_read_in_part(redis_url: str) -> None:
    send(redis_url, READ_AT_MOST + 100, summary="2 ships")

    found = seen(QueueGauges(redis_url, [QUEUE]))

    assert found[QUEUE_TASKS, QUEUE, "waiting"] == READ_AT_MOST + 100
    assert found[QUEUE_ITEMS, QUEUE, "waiting"] == 2 * (READ_AT_MOST + 100)


def test_a_redis_that_was_emptied_is_counted_and_tells_since_when(redis_url: str) -> None:
    look = QueueGauges(redis_url, [QUEUE])
    before = REGISTRY.get_sample_value(REDIS_EMPTIED.name) or 0
    with Redis.from_url(redis_url) as client:
        client.set(SINCE, "1000")
        first = seen(look)[REDIS_SINCE,]
        client.flushdb()
        second = seen(look)[REDIS_SINCE,]
        seen(look)

    assert first == 1000
    assert second > first
    assert REGISTRY.get_sample_value(REDIS_EMPTIED.name) == before + 1


def test_a_full_redis_is_looked_at_and_takes_no_writes(private_url: str) -> None:
    look = QueueGauges(private_url, [QUEUE])
    with Redis.from_url(private_url) as client:
        before = seen(look)
        client.config_set("maxmemory", "1")
        full = seen(look)
        client.config_set("maxmemory", "0")

    assert [each[REDIS_TAKES_WRITES,] for each in (before, full, seen(look))] == [1, 0, 1]
    assert full[REDIS_SINCE,] == before[REDIS_SINCE,]


def test_a_redis_that_does_not_answer_is_unavailable() -> None:
    look = QueueGauges(f"redis://127.0.0.1:{free_port()}/0", [QUEUE])

    with pytest.raises(QueueUnavailable):
        look()
