"""The part of a Celery worker that connects to Redis and receives messages."""

import logging
import time
from typing import Any, cast

import structlog
from celery import signals
from celery.events import EventDispatcher
from celery.worker.consumer import Consumer
from celery.worker.state import maybe_shutdown
from kombu import Connection
from kombu.asynchronous import Hub
from kombu.message import Message

from libs.tasks.redis.events import TaskEvents
from libs.tasks.redis.transport import PatientTransport
from libs.tasks.vitals import WorkerVitals

RECONNECT_EVERY_S = 1
"""Seconds between two attempts. Celery's own pause grows to 30 s, which a worker would still sleep
after Redis is back."""

EVENT_TIMEOUT_S = 3
"""Timeout for sending an event. The same thread also touches the worker's heartbeat."""

log = structlog.get_logger(__name__)


class PatientConsumer(Consumer):
    """Waits for Redis as long as it takes; WorkerVitals logs the reason when it changes.

    Drops a message that is not a task, as Celery does, but does not log its content.
    """

    # Set by Celery; missing in the stubs.
    event_dispatcher: EventDispatcher | None
    connection_errors: tuple[type[Exception], ...]
    hub: Hub | None

    def __init__(self, *args: Any, **options: Any) -> None:
        self.vitals = WorkerVitals()
        self._connections: dict[str, Connection] = {}
        self._task_events = TaskEvents()
        super().__init__(*args, **options)

    def connection_for_read(self, heartbeat: float | None = None) -> Connection:
        """Connect for receiving tasks, at most once a second."""
        if "tasks" in self._connections:
            time.sleep(RECONNECT_EVERY_S)
        return self._connected("tasks", self.app.connection_for_read(heartbeat=heartbeat))

    def connection_for_write(
        self, url: str | None = None, heartbeat: float | None = None
    ) -> Connection:
        """Connect for sending events."""
        options = {"socket_timeout": EVENT_TIMEOUT_S}
        return self._connected(
            "events",
            self.app.connection_for_write(url, heartbeat=heartbeat, transport_options=options),
        )

    def _connected(self, purpose: str, connection: Connection) -> Connection:
        """Replace the connection before.

        Celery does not close it if the step after connecting failed.
        """
        if before := self._connections.pop(purpose, None):
            before.close()
        self._connections[purpose] = connection
        cast(PatientTransport, connection.transport).vitals = self.vitals
        return self.ensure_connected(connection)

    def ensure_connected(self, conn: Connection) -> Connection:
        """Return the connection once it is established. Raises WorkerShutdown after SIGTERM."""

        def on_error(error: Exception, _pause_s: float) -> None:
            self.vitals.waits(error)
            signals.heartbeat_sent.send(sender=self)  # a worker that waits is not hung

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

    def on_send_event_buffered(self) -> None:  # type: ignore[override]  # wrong in the stubs
        if self.hub and self.event_dispatcher:
            self._task_events.send_soon(self.hub, self.event_dispatcher)

    def on_unknown_task(self, _body: object, message: Message, exc: Exception) -> None:
        name, task_id = message.headers["task"], message.headers["id"]
        self._drop(message, "no task with this name")
        if self.event_dispatcher:
            self.event_dispatcher.send(
                "task-failed", uuid=task_id, exception=f"NotRegistered({name!r})"
            )
        signals.task_unknown.send(sender=self, message=message, exc=exc, name=name, id=task_id)

    def on_invalid_task(self, _body: object, message: Message, exc: Exception) -> None:
        self._drop(message, "its headers are not those of a task")
        signals.task_rejected.send(sender=self, message=message, exc=exc)

    def on_decode_error(self, message: Message, _exc: Exception) -> None:
        self._drop(message, "its body cannot be decoded")

    def _drop(self, message: Message, reason: str) -> None:
        log.error(
            "message_dropped",
            queue=self.app.conf.task_default_queue,
            task=message.headers["task"],
            task_id=message.headers["id"],
            reason=reason,
        )
        message.reject_log_error(logging.getLogger(__name__), self.connection_errors)
