"""Counts the tasks that wait in Redis, for the back-pressure of the Kafka consumers."""

from collections.abc import Callable

from redis import Redis
from redis.client import Pipeline
from redis.exceptions import RedisError

from libs.tasks.errors import QueueUnavailable

UNACKED = "unacked"
"""The transport's key for the tasks that workers hold."""

UNACKED_INDEX = "unacked_index"
"""Tasks of all queues that workers hold, countdowns included. The messages themselves are in a hash
beside it. A message that is only in the hash is held by no worker and is never redelivered."""

ANSWER_TIMEOUT_S = 3.0


def queue_length(broker_url: str, queue: str) -> Callable[[], int]:
    """Return a function that counts the tasks waiting in the queue and held by workers.

    It connects at the first call, needs one round trip per call, and raises QueueUnavailable.
    """
    return _counting(broker_url, lambda redis: (redis.llen(queue), redis.zcard(UNACKED_INDEX)))


def waiting_tasks(broker_url: str, queue: str) -> Callable[[], int]:
    """Return such a function that counts only the tasks that no worker has taken yet."""
    return _counting(broker_url, lambda redis: redis.llen(queue))


def _counting(broker_url: str, ask: Callable[[Pipeline], object]) -> Callable[[], int]:
    redis = Redis.from_url(
        broker_url, socket_timeout=ANSWER_TIMEOUT_S, socket_connect_timeout=ANSWER_TIMEOUT_S
    )

    def count() -> int:
        try:
            with redis.pipeline(transaction=False) as pipeline:
                ask(pipeline)
                return sum(int(number) for number in pipeline.execute())
        except (RedisError, OSError) as error:
            raise QueueUnavailable(f"redis: {error}") from error

    return count
