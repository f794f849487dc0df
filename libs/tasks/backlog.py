"""How much work waits in Redis: what the Kafka side looks at before it reads on."""

from collections.abc import Callable

from redis import Redis
from redis.exceptions import RedisError

from libs.tasks.enqueue import QueueUnavailable

UNACKED = "unacked"
"""The hash in which the transport keeps what workers hold, countdowns included, of all queues."""

ANSWERS_WITHIN_S = 3.0


def queue_length(broker_url: str, queue: str) -> Callable[[], int]:
    """Return a function that counts the tasks waiting in the queue and held by workers.

    It connects at its first call, in one round trip per call, and raises QueueUnavailable.
    """
    redis = Redis.from_url(
        broker_url, socket_timeout=ANSWERS_WITHIN_S, socket_connect_timeout=ANSWERS_WITHIN_S
    )

    def count() -> int:
        try:
            with redis.pipeline(transaction=False) as pipeline:
                pipeline.llen(queue)
                pipeline.hlen(UNACKED)
                waiting, held = pipeline.execute()
        except (RedisError, OSError) as error:
            raise QueueUnavailable(f"redis: {error}") from error
        return int(waiting) + int(held)

    return count
