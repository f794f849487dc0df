import pytest
import redis

from deploy.local.engines.ports import free_port
from libs.tasks.app import create_celery
from libs.tasks.enqueue import TaskCall, TaskQueue
from libs.tasks.errors import QueueUnavailable
from libs.tasks.redis.backlog import queue_length, waiting_tasks


def test_waiting_and_held_tasks_are_counted(redis_url: str) -> None:
    count, waiting = queue_length(redis_url, "assembly"), waiting_tasks(redis_url, "assembly")
    empty = count()
    celery = create_celery("test", redis_url, queues=("assembly",))
    TaskQueue(celery).enqueue([TaskCall(name="any.task", queue="assembly")] * 3)
    with redis.Redis.from_url(redis_url) as client:
        client.zadd("unacked_index", {"a-delivery-tag": 1})

    assert (empty, count(), waiting()) == (0, 4, 3)


def test_a_message_that_no_worker_holds_any_more_is_not_counted(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.hset("unacked", "a-tag-without-an-index-entry", "a message")

    assert queue_length(redis_url, "assembly")() == 0


def test_a_redis_that_does_not_answer_is_unavailable() -> None:
    count = queue_length(f"redis://127.0.0.1:{free_port()}/0", "assembly")

    with pytest.raises(QueueUnavailable):
        count()
