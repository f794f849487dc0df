"""Reads the tasks that wait in Redis, without taking them."""

import json
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from libs.tasks.enqueue import QueueUnavailable
from libs.tasks.redis.backlog import ANSWER_TIMEOUT_S, UNACKED, UNACKED_INDEX
from libs.tasks.timed import SENT_AT

READ_AT_MOST = 10_000
"""Messages read from each place, so that a look is bounded however many wait."""

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingTask:
    """A task in a queue, or held by a worker until it is due or done.

    due is None for a task that is due at once, held_since for one that no worker holds. sent_at is
    None if its sender did not say.
    """

    queue: str
    task_id: str
    name: str
    arguments: Mapping[str, Any]
    due: datetime | None = None
    held_since: datetime | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """The tasks of all queues; lengths counts those in each queue, also those not read."""

    tasks: tuple[WaitingTask, ...]
    lengths: Mapping[str, int]
    held: int
    now: datetime
    """The time of Redis, which decides when a task is due."""


def read_backlog(broker_url: str, queues: Iterable[str]) -> Backlog:
    """Read the tasks in the queues and those that workers hold. Raises QueueUnavailable."""
    names = list(queues)
    try:
        with Redis.from_url(
            broker_url, socket_timeout=ANSWER_TIMEOUT_S, socket_connect_timeout=ANSWER_TIMEOUT_S
        ) as redis:
            pipeline = redis.pipeline(transaction=True)
            for queue in names:
                pipeline.llen(queue).lrange(queue, -READ_AT_MOST, -1)
            pipeline.hlen(UNACKED).zrange(UNACKED_INDEX, 0, READ_AT_MOST - 1, withscores=True)
            *waiting, held, index = pipeline.execute()
            tags = [tag for tag, _ in index]
            messages = redis.hmget(UNACKED, tags) if tags else []
            seconds, microseconds = redis.time()
    except (RedisError, OSError) as error:
        raise QueueUnavailable(f"redis: {error}") from error
    in_queues = dict(zip(names, waiting[1::2], strict=True))
    return Backlog(
        tasks=(*_in_queues(in_queues), *_held(messages, [since for _, since in index])),
        lengths=dict(zip(names, waiting[::2], strict=True)),
        held=held,
        now=datetime.fromtimestamp(seconds + microseconds / 1e6, UTC),
    )


def _in_queues(messages: Mapping[str, Iterable[bytes]]) -> Iterator[WaitingTask]:
    for queue, raw in messages.items():
        for each in raw:
            yield _task(queue, each, held_since=None)


def _held(messages: Iterable[bytes | None], since_s: Iterable[float]) -> Iterator[WaitingTask]:
    for raw, since in zip(messages, since_s, strict=True):
        if raw is not None:
            message, _exchange, queue = json.loads(raw)
            held_since = datetime.fromtimestamp(since, UTC)
            yield _task(queue, json.dumps(message), held_since=held_since)


def _task(queue: str, raw: str | bytes, *, held_since: datetime | None) -> WaitingTask:
    """Read a message; one that is no task has neither name nor arguments."""
    try:
        message = json.loads(raw)
        headers = message["headers"]
        is_base64 = message["properties"].get("body_encoding") == "base64"
        body = b64decode(message["body"]) if is_base64 else message["body"]
        _, arguments, _ = json.loads(body)
        return WaitingTask(
            queue=queue,
            task_id=str(headers["id"]),
            name=str(headers["task"]),
            arguments=arguments,
            due=_time(headers.get("eta")),
            held_since=held_since,
            sent_at=_time(headers.get(SENT_AT)),
        )
    except (ValueError, TypeError, KeyError):
        return WaitingTask(
            queue=queue, task_id="", name="", arguments=NOTHING, held_since=held_since
        )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
