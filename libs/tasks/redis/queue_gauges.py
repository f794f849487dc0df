"""Reads for the metrics what waits in the queues, what workers hold, and whether Redis was emptied.

Celery's own monitoring cannot tell: it sees only what workers say.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from redis import Redis
from redis.exceptions import RedisError, ResponseError

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
from libs.metrics.instruments import counter
from libs.metrics.stores import Sample
from libs.tasks.errors import QueueUnavailable
from libs.tasks.redis.backlog import ANSWER_TIMEOUT_S
from libs.tasks.redis.waiting import WaitingTask, backlog_in

READ_AT_MOST = 500
"""Tasks of one place whose content is read."""

SINCE = "shipyard.since"
"""Key whose value is the time at which it was missing: Redis was new, or had been emptied."""

NUMBER = re.compile(r"\d+")


class QueueGauges:
    def __init__(self, broker_url: str, queues: Sequence[str]) -> None:
        self._redis = Redis.from_url(
            broker_url, socket_timeout=ANSWER_TIMEOUT_S, socket_connect_timeout=ANSWER_TIMEOUT_S
        )
        self._queues = queues
        self._since: float | None = None
        self._emptied = counter(REDIS_EMPTIED)

    def __call__(self) -> Sequence[Sample]:
        """Look once. Raises QueueUnavailable."""
        try:
            return [*self._of_queues(), *self._of_content()]
        except (RedisError, OSError) as error:
            raise QueueUnavailable(f"redis: {error}") from error

    def _of_queues(self) -> Iterator[Sample]:
        seen = backlog_in(self._redis, self._queues, at_most=READ_AT_MOST)
        held = [task for task in seen.tasks if task.held_since]
        of_all = seen.held / len(held) if held else 0.0
        for queue in self._queues:
            mine = [task for task in held if task.queue == queue]
            waiting = [task for task in seen.tasks if task.queue == queue and not task.held_since]
            yield from _of_place(queue, "waiting", waiting, seen.lengths[queue], seen.now)
            yield from _of_place(queue, "held", mine, round(len(mine) * of_all), seen.now)
            if due := [task.due for task in (*waiting, *mine) if task.due is not None]:
                yield Sample(QUEUE_NEXT_DUE, (min(due) - seen.now).total_seconds(), (queue,))
        yield Sample(QUEUE_LOST, seen.lost)

    def _of_content(self) -> Iterator[Sample]:
        """Tell since when Redis has its content. A Redis that refuses writes is asked all the same.

        Redis's own start is not that time: it comes back with its content, or without.
        """
        seconds, _ = self._redis.time()
        try:
            self._redis.set(SINCE, seconds, nx=True)
            yield Sample(REDIS_TAKES_WRITES, 1.0)
        except ResponseError:
            yield Sample(REDIS_TAKES_WRITES, 0.0)
        found = self._redis.get(SINCE)
        since = float(found) if found else None
        if self._since is not None and since != self._since:
            self._emptied.inc()
        self._since = since
        if since is not None:
            yield Sample(REDIS_SINCE, since)


def _of_place(
    queue: str, place: str, seen: Sequence[WaitingTask], number: int, now: datetime
) -> Iterator[Sample]:
    """Project from the tasks that were read to all of their place."""
    labels = (queue, place)
    items = sum(map(_items, seen))
    yield Sample(QUEUE_TASKS, number, labels)
    yield Sample(QUEUE_ITEMS, round(items * number / len(seen)) if seen else 0, labels)
    since = [at for each in seen if (at := each.held_since or each.sent_at)]
    oldest_s = (now - min(since)).total_seconds() if since else 0.0
    yield Sample(QUEUE_OLDEST, max(0.0, oldest_s), labels)


def _items(task: WaitingTask) -> int:
    """Return how many orders or events the task carries, by the summary of its sender."""
    number = NUMBER.match(task.summary)
    return int(number[0]) if number else 1
