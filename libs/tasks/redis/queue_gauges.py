"""Reads for the metrics what waits in the queues, what workers hold, and whether Redis was emptied.

Celery's own monitoring cannot tell: it sees only what workers say.
"""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
from libs.tasks.enqueue import QueueUnavailable
from libs.tasks.redis.backlog import ANSWER_TIMEOUT_S, UNACKED, UNACKED_INDEX
from libs.tasks.timed import SENT_AT

READ_AT_MOST = 500
"""Tasks of one place whose content is read."""

SINCE = "shipyard.since"
"""Key whose value is the time at which it was missing: Redis was new, or had been emptied."""

NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSeen:
    queue: str
    since_s: float | None = None
    """When it was sent, or taken by a worker; None if that is unknown."""
    due_s: float | None = None
    items: int = 1


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
        pipeline = self._redis.pipeline(transaction=False)
        for queue in self._queues:
            pipeline.llen(queue)
            pipeline.lrange(queue, -READ_AT_MOST, -1)
        pipeline.zrange(UNACKED_INDEX, 0, READ_AT_MOST - 1, withscores=True)
        pipeline.hlen(UNACKED)
        pipeline.zcard(UNACKED_INDEX)
        pipeline.time()
        *waiting, oldest, stored, held, (seconds, microseconds) = pipeline.execute()
        now_s = seconds + microseconds / 1e6
        taken = self._held(oldest)
        for queue, number, raw in zip(self._queues, waiting[::2], waiting[1::2], strict=True):
            sent = [_task(queue, each) for each in raw]
            mine = [each for each in taken if each.queue == queue]
            yield from _of_place(queue, "waiting", sent, number, now_s)
            of_all = held / len(taken) if taken else 0.0
            yield from _of_place(queue, "held", mine, round(len(mine) * of_all), now_s)
            if due_s := [each.due_s for each in (*sent, *mine) if each.due_s is not None]:
                yield Sample(QUEUE_NEXT_DUE, min(due_s) - now_s, (queue,))
        yield Sample(QUEUE_LOST, max(0, stored - held))

    def _held(self, oldest: Sequence[tuple[bytes, float]]) -> list[TaskSeen]:
        if not oldest:
            return []
        entries = self._redis.hmget(UNACKED, [tag for tag, _ in oldest])
        return [
            _held_task(entry, taken_s)
            for entry, (_, taken_s) in zip(entries, oldest, strict=True)
            if entry is not None  # done since the index was read
        ]

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
    queue: str, place: str, seen: Sequence[TaskSeen], number: int, now_s: float
) -> Iterator[Sample]:
    """Project from the tasks that were read to all of their place."""
    labels = (queue, place)
    items = sum(each.items for each in seen)
    yield Sample(QUEUE_TASKS, number, labels)
    yield Sample(QUEUE_ITEMS, round(items * number / len(seen)) if seen else 0, labels)
    since_s = [each.since_s for each in seen if each.since_s is not None]
    yield Sample(QUEUE_OLDEST, max(0.0, now_s - min(since_s)) if since_s else 0.0, labels)


def _held_task(entry: bytes | str, taken_s: float) -> TaskSeen:
    queue, message = "", {}
    with suppress(ValueError, TypeError):
        message, _, queue = json.loads(entry)
    return _seen(str(queue), message, since_s=taken_s)


def _task(queue: str, raw: bytes) -> TaskSeen:
    message = {}
    with suppress(ValueError):
        message = json.loads(raw)
    return _seen(queue, message)


def _seen(queue: str, message: Any, *, since_s: float | None = None) -> TaskSeen:
    """Read the headers of a message, which may be anything."""
    headers = message.get("headers") if isinstance(message, dict) else None
    if not isinstance(headers, dict):
        return TaskSeen(queue=queue, since_s=since_s)
    number = NUMBER.match(str(headers.get("kwargsrepr")))
    return TaskSeen(
        queue=queue,
        since_s=since_s or _time(headers.get(SENT_AT)),
        due_s=_time(headers.get("eta")),
        items=int(number[0]) if number else 1,
    )


def _time(text: object) -> float | None:
    with suppress(ValueError):
        return datetime.fromisoformat(str(text)).timestamp()
    return None
