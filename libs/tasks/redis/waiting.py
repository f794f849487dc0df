"""Reads the tasks that wait in Redis, without taking them."""

import json
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from libs.tasks.errors import QueueUnavailable
from libs.tasks.redis.backlog import ANSWER_TIMEOUT_S, UNACKED, UNACKED_INDEX

SENT_AT = "sent_at"
"""Header with the time at which a task was sent, by its sender's clock: to ask Redis for its own
would make every sender wait for it."""

READ_AT_MOST = 10_000
"""Messages read from each place, so that a look is bounded however many wait."""

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingTask:
    """A message in a queue, or held by a worker until it is due or done. It may be no task.

    held_since is None if no worker holds it.
    """

    queue: str
    message: Mapping[str, Any] = field(default_factory=dict)
    held_since: datetime | None = None

    @property
    def task_id(self) -> str:
        return str(self._headers.get("id", ""))

    @property
    def name(self) -> str:
        """Name of the task; empty if the message is none."""
        return str(self._headers.get("task", ""))

    @property
    def summary(self) -> str:
        """What its sender says about the arguments."""
        return str(self._headers.get("kwargsrepr", ""))

    @property
    def due(self) -> datetime | None:
        """None if it is due at once."""
        return _time(self._headers.get("eta"))

    @property
    def sent_at(self) -> datetime | None:
        """None if its sender did not say."""
        return _time(self._headers.get(SENT_AT))

    @property
    def arguments(self) -> Mapping[str, Any]:
        """The arguments, decoded at each use; none if the message is no task."""
        with suppress(ValueError, TypeError, KeyError):
            is_base64 = self.message["properties"].get("body_encoding") == "base64"
            body = self.message["body"]
            _, arguments, _ = json.loads(b64decode(body) if is_base64 else body)
            return dict(arguments)
        return NOTHING

    @property
    def _headers(self) -> Mapping[str, Any]:
        headers = self.message.get("headers")
        return headers if isinstance(headers, dict) else NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """The tasks of all queues; lengths counts those in each queue, also those not read."""

    tasks: Sequence[WaitingTask]
    lengths: Mapping[str, int]
    held: int
    """Tasks that workers hold, also those not read."""
    lost: int
    """Messages that no worker holds and that are never delivered again."""
    now: datetime
    """The time of Redis, which decides when a task is due."""


def read_backlog(broker_url: str, queues: Iterable[str]) -> Backlog:
    """Read the tasks in the queues and those that workers hold. Raises QueueUnavailable."""
    try:
        with Redis.from_url(
            broker_url, socket_timeout=ANSWER_TIMEOUT_S, socket_connect_timeout=ANSWER_TIMEOUT_S
        ) as redis:
            return backlog_in(redis, queues, at_most=READ_AT_MOST)
    except (RedisError, OSError) as error:
        raise QueueUnavailable(f"redis: {error}") from error


def backlog_in(redis: Redis, queues: Iterable[str], *, at_most: int) -> Backlog:
    """Read at most so many messages of each place, the oldest. Raises what Redis raises."""
    names = list(queues)
    pipeline = redis.pipeline(transaction=True)
    for queue in names:
        pipeline.llen(queue)
        pipeline.lrange(queue, -at_most, -1)
    pipeline.zrange(UNACKED_INDEX, 0, at_most - 1, withscores=True)
    pipeline.zcard(UNACKED_INDEX)
    pipeline.hlen(UNACKED)
    pipeline.time()
    *waiting, index, held, stored, (seconds, microseconds) = pipeline.execute()
    messages = redis.hmget(UNACKED, [tag for tag, _ in index]) if index else []
    in_queues = zip(names, waiting[1::2], strict=True)
    return Backlog(
        tasks=(*_in_queues(in_queues), *_held(messages, [since for _, since in index])),
        lengths=dict(zip(names, waiting[::2], strict=True)),
        held=held,
        lost=max(0, stored - held),
        now=datetime.fromtimestamp(seconds + microseconds / 1e6, UTC),
    )


def _in_queues(messages: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[WaitingTask]:
    for queue, raw in messages:
        for each in raw:
            yield WaitingTask(queue=queue, message=_message(_json(each)))


def _held(entries: Iterable[bytes | str | None], since_s: Iterable[float]) -> Iterator[WaitingTask]:
    """Read what kombu stores: a message, its exchange and its queue. Done tasks are gone."""
    for entry, since in zip(entries, since_s, strict=True):
        if entry is not None:
            held_since = datetime.fromtimestamp(since, UTC)
            match _json(entry):
                case [message, _, queue]:
                    yield WaitingTask(
                        queue=str(queue), message=_message(message), held_since=held_since
                    )
                case _:
                    yield WaitingTask(queue="", held_since=held_since)


def _json(raw: bytes | str) -> Any:
    with suppress(ValueError):
        return json.loads(raw)
    return None


def _message(found: Any) -> Mapping[str, Any]:
    return found if isinstance(found, dict) else NOTHING


def _time(text: object) -> datetime | None:
    """Read a time; one without a zone counts as UTC, as Celery takes it."""
    with suppress(ValueError):
        found = datetime.fromisoformat(str(text))
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None
