"""The part of a Celery worker that holds the connection to Redis."""

import structlog
from celery import signals
from celery.worker.consumer import Consumer
from celery.worker.state import maybe_shutdown
from kombu import Connection

RECONNECT_EVERY_S = 1
"""Celery's own pause grows to 30 s: a worker would sleep on for that long after Redis is back."""

log = structlog.get_logger(__name__)


class PatientConsumer(Consumer):
    """Waits for Redis as long as it takes, and says why only when the reason changes."""

    def ensure_connected(self, conn: Connection) -> Connection:
        """Return the connection when it is up. Raises WorkerShutdown after SIGTERM."""
        reason = ""

        def on_error(error: Exception, _pause_s: float) -> None:
            nonlocal reason
            signals.heartbeat_sent.send(sender=self)  # who waits is not hung
            if str(error) != reason:
                reason = str(error)
                log.warning("waiting_for_dependency", dependency="redis", reason=reason)

        conn.ensure_connection(
            on_error,
            max_retries=None,  # type: ignore[arg-type]  # without end; the stubs know no None
            interval_start=RECONNECT_EVERY_S,
            interval_step=0,
            callback=maybe_shutdown,
        )
        self.first_connection_attempt = False
        if reason:
            log.info("dependency_arrived", dependency="redis")
        return conn
