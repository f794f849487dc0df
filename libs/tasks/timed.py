"""A Celery application that uses the clock of Redis."""

from datetime import datetime
from typing import Any

from celery import Celery, Task
from celery.worker.request import Request
from kombu.message import Message

from libs.clock import utc_now
from libs.tasks.redis.clock import RedisClock
from libs.tasks.redis.waiting import SENT_AT


class TimedRequest(Request):
    """A task as a worker holds it, with its times converted to the clock of its machine."""

    _app: "TimedCelery"
    _eta: datetime | None
    _expires: datetime | None

    def __init__(self, message: Message, **options: Any) -> None:
        super().__init__(message, **options)
        clock = self._app.redis_clock
        self._eta = self._eta and clock.local(self._eta)
        self._expires = self._expires and clock.local(self._expires)


class TimedTask(Task[Any, Any]):
    Request = f"{TimedRequest.__module__}:{TimedRequest.__qualname__}"


class TimedCelery(Celery):
    task_cls = f"{TimedTask.__module__}:{TimedTask.__qualname__}"

    def __init__(self, name: str, *, redis_clock: RedisClock, **options: Any) -> None:
        self.redis_clock = redis_clock
        super().__init__(name, **options)

    def now(self) -> datetime:
        """Return the time from which countdowns and expiry are calculated."""
        return self.redis_clock.now()

    def send_task(self, name: str, *args: Any, **options: Any) -> Any:
        """Queue the task, which says when that was."""
        sent_at = {SENT_AT: utc_now().isoformat()}
        options["headers"] = {**(options.get("headers") or {}), **sent_at}
        return super().send_task(name, *args, **options)
