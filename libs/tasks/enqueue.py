"""Publishes a batch of tasks to Celery in one round trip, or raises Unavailable."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from celery import Celery
from kombu.exceptions import (  # type: ignore[attr-defined]  # kombu 5.7; the stubs are older
    BatchPublishError,
    OperationalError,
)
from redis.exceptions import RedisError

from libs.tasks.errors import QueueUnavailable

BATCH_SIZE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCall:
    """A task's name and its JSON arguments. It runs after countdown_s seconds."""

    name: str
    queue: str
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    countdown_s: float = 0.0
    summary: str = ""
    """The text that monitoring shows instead of the arguments."""


class TaskQueue:
    """Publishes tasks by name. Thread-safe; connects on first use."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def enqueue(self, calls: Sequence[TaskCall]) -> None:
        """Return once Redis has acknowledged every call. Raises QueueUnavailable.

        After an error any part of the batch may be queued: the tasks must survive a repeat.
        """
        try:
            with (
                self._app.producer_or_acquire() as producer,
                producer.batch(max_size=BATCH_SIZE),
            ):
                for call in calls:
                    self._app.send_task(
                        call.name,
                        kwargs=dict(call.kwargs),
                        queue=call.queue,
                        countdown=call.countdown_s or None,
                        producer=producer,
                        argsrepr="()",
                        kwargsrepr=call.summary or "{}",
                    )
        except (BatchPublishError, OperationalError, RedisError, OSError) as error:
            raise QueueUnavailable(f"redis: {error}") from error
