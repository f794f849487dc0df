"""The part of a Celery worker that holds the connection to Redis and takes in its messages."""

import logging
import time
from typing import Any, cast

import structlog
from celery import signals
from celery.events import EventDispatcher
from celery.worker.consumer import Consumer
from celery.worker.state import maybe_shutdown
from kombu import Connection
from kombu.message import Message

from libs.tasks.redis.transport import PatientTransport
from libs.tasks.vitals import WorkerVitals

RECONNECT_EVERY_S = 1
"""Celery's own pause grows to 30 s: a worker would sleep on for that long after Redis is back."""

EVENT_TIMEOUT_S = 3
"""For Redis to take an event: the thread that sends them touches the worker's heartbeat as well."""

log = structlog.get_logger(__name__)


class PatientConsumer(Consumer):
    """Waits for Redis as long as it takes, and says why only when the reason changes: WorkerVitals.

    Drops a message that no task can be made of as Celery does, which would log all that is in it.
    """

    # Set by Celery, and in no stub.
    event_dispatcher: EventDispatcher | None
    connection_errors: tuple[type[Exception], ...]

    def __init__(self, *args: Any, **options: Any) -> None:
        self.vitals = WorkerVitals()
        self._connections: dict[str, Connection] = {}
        super().__init__(*args, **options)

    def connection_for_read(self, heartbeat: float | None = None) -> Connection:
        """Connect the one that takes tasks, at most once a second."""
        if "tasks" in self._connections:
            time.sleep(RECONNECT_EVERY_S)
        return self._connected("tasks", self.app.connection_for_read(heartbeat=heartbeat))

    def connection_for_write(
        self, url: str | None = None, heartbeat: float | None = None
    ) -> Connection:
        """Connect the one that sends events."""
        options = {"socket_timeout": EVENT_TIMEOUT_S}
        return self._connected(
            "events",
            self.app.connection_for_write(url, heartbeat=heartbeat, transport_options=options),
        )

    def _connected(self, purpose: str, connection: Connection) -> Connection:
        """Connect it in the place of the one before.

        Celery does not close that one if what it did next with it has failed.
        """
        if before := self._connections.pop(purpose, None):
            before.close()
        self._connections[purpose] = connection
        cast(PatientTransport, connection.transport).vitals = self.vitals
        return self.ensure_connected(connection)

    def ensure_connected(self, conn: Connection) -> Connection:
        """Return the connection when it is up. Raises WorkerShutdown after SIGTERM."""

        def on_error(error: Exception, _pause_s: float) -> None:
            self.vitals.waits(error)
            signals.heartbeat_sent.send(sender=self)  # who waits is not hung

        conn.ensure_connection(
            on_error,
            max_retries=None,  # type: ignore[arg-type]  # without end; the stubs know no None
            interval_start=RECONNECT_EVERY_S,
            interval_step=0,
            callback=maybe_shutdown,
        )
        self.first_connection_attempt = False
        self.vitals.accepted()
        return conn

    def on_unknown_task(self, _body: object, message: Message, exc: Exception) -> None:
        name, task_id = message.headers["task"], message.headers["id"]
        self._drop(message, "no task has this name")
        if self.event_dispatcher:
            self.event_dispatcher.send(
                "task-failed", uuid=task_id, exception=f"NotRegistered({name!r})"
            )
        signals.task_unknown.send(sender=self, message=message, exc=exc, name=name, id=task_id)

    def on_invalid_task(self, _body: object, message: Message, exc: Exception) -> None:
        self._drop(message, "its headers are no task's")
        signals.task_rejected.send(sender=self, message=message, exc=exc)

    def on_decode_error(self, message: Message, _exc: Exception) -> None:
        self._drop(message, "its body can not be decoded")

    def _drop(self, message: Message, reason: str) -> None:
        log.error(
            "message_dropped",
            queue=self.app.conf.task_default_queue,
            task=message.headers["task"],
            task_id=message.headers["id"],
            reason=reason,
        )
        message.reject_log_error(logging.getLogger(__name__), self.connection_errors)
