"""Looking at the tasks in Redis."""

from datetime import timedelta

import pytest
import redis

from deploy.local.engines.ports import free_port
from libs.tasks.app import create_celery
from libs.tasks.enqueue import TaskCall, TaskQueue
from libs.tasks.errors import QueueUnavailable
from libs.tasks.redis.waiting import read_backlog
from tests.integration.libs.conftest import StartWorker
from tests.integration.libs.tasks.conftest import a_call, task_queue
from tests.integration.libs.tasks.tiny_worker import QUEUE
from tests.support.eventually import eventually


def test_a_waiting_task_is_read_with_its_arguments_and_its_due_time(redis_url: str) -> None:
    celery = create_celery("test", redis_url, queues=("assembly",))
    call = TaskCall(name="any.task", queue="assembly", kwargs={"ships": [1]}, countdown_s=9.0)
    TaskQueue(celery).enqueue([call])

    backlog = read_backlog(redis_url, ["assembly", "order"])

    [task] = backlog.tasks
    assert (task.queue, task.name, task.arguments) == ("assembly", "any.task", {"ships": [1]})
    assert task.due is not None
    assert timedelta(seconds=7) < task.due - backlog.now < timedelta(seconds=11)
    assert task.held_since is None
    assert task.sent_at is not None
    assert backlog.lengths == {"assembly": 1, "order": 0}


def test_looking_takes_nothing(redis_url: str) -> None:
    celery = create_celery("test", redis_url, queues=("assembly",))
    TaskQueue(celery).enqueue([TaskCall(name="any.task", queue="assembly")])

    for _ in range(2):
        assert read_backlog(redis_url, ["assembly"]).lengths == {"assembly": 1}


def test_a_task_that_a_worker_holds_is_read_with_its_queue(
    redis_url: str, start_worker: StartWorker
) -> None:
    start_worker(redis_url)
    task_queue(redis_url).enqueue([a_call(countdown_s=15.0, left="later")])

    eventually(lambda: read_backlog(redis_url, [QUEUE]).held == 1, within_s=20)

    backlog = read_backlog(redis_url, [QUEUE])
    [task] = backlog.tasks
    assert (task.queue, task.arguments) == (QUEUE, {"left": "later"})
    assert task.held_since is not None


def test_a_message_that_is_no_task_is_counted_and_has_no_name(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.lpush("assembly", "garbage", '{"headers": {}}')

    backlog = read_backlog(redis_url, ["assembly"])

    assert [task.name for task in backlog.tasks] == ["", ""]


def test_a_redis_that_does_not_answer_is_unavailable() -> None:
    with pytest.raises(QueueUnavailable):
        read_backlog(f"redis://127.0.0.1:{free_port()}/0", ["assembly"])
