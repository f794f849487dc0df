"""Redis as kombu speaks it, but for three things that hold a worker for ever.

What no Celery application has written is dropped: such a message ends the worker's process, and
many a one comes back a minute later, again and again. What is done counts as done even if Redis
does not hear of it. And an attempt to connect that failed leaves nothing behind.
"""

from typing import Any

import structlog
from kombu.transport import redis
from redis import ConnectionPool, Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from libs.tasks.envelope import Malformed, ensure_task

log = structlog.get_logger(__name__)


class ForgettingQoS(redis.QoS):
    """Of the messages that a worker holds, forgets what it is done with, whatever Redis says.

    kombu goes on counting a message whose acknowledgement failed. A worker that held all it may
    when Redis died then takes nothing more, and looks at no connection that could tell it so. The
    message comes again after the visibility timeout.
    """

    def ack(self, delivery_tag: str) -> None:
        try:
            super().ack(delivery_tag)
        except Exception:
            super(redis.QoS, self).ack(delivery_tag)
            raise

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:  # noqa: FBT001, FBT002  # kombu's
        try:
            super().reject(delivery_tag, requeue=requeue)
        except Exception:
            super(redis.QoS, self).ack(delivery_tag)
            raise


class PatientChannel(redis.Channel):
    QoS = ForgettingQoS

    def __init__(self, connection: redis.Transport, **options: Any) -> None:
        try:
            super().__init__(connection, **options)
        except RedisError:
            connection.close_channel(self)  # kombu keeps its number, and has 65,535 of them
            raise

    def _get_pool(self, asynchronous: bool = False) -> ConnectionPool:  # noqa: FBT001, FBT002  # kombu's
        """Make a pool. Raises RedisError on a closed channel, where kombu's error ends the worker.

        A task that one worker got twice may be acknowledged on a channel that is closed.
        """
        if self.connection is None:
            raise RedisConnectionError("the channel is closed")
        pool: ConnectionPool = super()._get_pool(asynchronous)  # type: ignore[misc]  # not in the stubs
        return pool

    def _create_client(self, asynchronous: bool = False) -> Redis:  # noqa: FBT001, FBT002  # kombu's
        client: Redis = super()._create_client(asynchronous)  # type: ignore[misc]  # not in the stubs
        client.set_response_callback("BRPOP", self._only_a_task)
        return client

    def _only_a_task(self, reply: list[bytes] | None, **_: object) -> list[bytes] | None:
        """Return the reply; if it brings what is no task, that the queue was empty."""
        if not reply:
            return None
        queue, message = reply
        try:
            ensure_task(message)
        except Malformed as error:
            name = queue.decode().partition(self.sep)[0]
            log.error("message_dropped", queue=name, reason=str(error))  # noqa: TRY400  # not ours
            return None
        return reply


class PatientTransport(redis.Transport):
    Channel = PatientChannel
