"""Tasks of the tiny worker."""

from collections.abc import Iterator

import pytest
from redis import Redis

from libs.tasks.app import create_celery
from libs.tasks.enqueue import TaskCall, TaskQueue
from tests.integration.libs.tasks.tiny_worker import QUEUE


@pytest.fixture
def client(private_url: str) -> Iterator[Redis]:
    with Redis.from_url(private_url) as client:
        yield client


def task_queue(url: str) -> TaskQueue:
    return TaskQueue(create_celery("tests", url, queues=(QUEUE,)))


def a_call(name: str = "tiny.note", *, countdown_s: float = 0.0, **arguments: object) -> TaskCall:
    return TaskCall(name=name, queue=QUEUE, kwargs=arguments, countdown_s=countdown_s)
