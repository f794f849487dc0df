"""Redis as kombu speaks it, but for what holds a worker for ever.

What no Celery application has written is dropped: such a message ends the worker's process, and
many a one comes back a minute later, again and again. What is done counts as done even if Redis
does not hear of it. A Redis that refuses to write is one that is away. And what could not connect,
or is closed, leaves nothing behind, whatever Redis says.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import structlog
from kombu import Connection
from kombu.asynchronous import Hub
from kombu.message import Message
from kombu.transport import redis
from redis import ConnectionPool, Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from libs.tasks.envelope import Malformed, ensure_task
from libs.tasks.redis.refusal import RefusedByRedis, TellingConnection, TellingSSLConnection
from libs.tasks.vitals import WorkerVitals

log = structlog.get_logger(__name__)


class ForgettingQoS(redis.QoS):
    """Holds what it was given and forgets what it is done with, whatever Redis says.

    kombu goes on counting a message whose acknowledgement failed. A worker that held all it may
    when Redis died then takes nothing more, and looks at no connection that could tell it so. The
    message comes again after the visibility timeout.
    """

    channel: "PatientChannel"

    def append(self, message: Message, delivery_tag: str) -> None:
        """Hold a message. A full Redis gives messages away, but has no room for who holds them.

        They are done all the same, and that is what makes room; they do not come again by
        themselves if this worker dies.
        """
        try:
            super().append(message, delivery_tag)
        except RefusedByRedis as error:
            super(redis.QoS, self).append(message, delivery_tag)
            self.channel.vitals.refused(error.reason)

    def ack(self, delivery_tag: str) -> None:
        with self._forgotten(delivery_tag):
            super().ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:  # noqa: FBT001, FBT002  # kombu's
        with self._forgotten(delivery_tag):
            super().reject(delivery_tag, requeue=requeue)

    @contextmanager
    def _forgotten(self, delivery_tag: str) -> Iterator[None]:
        self.channel.vitals.heard()
        try:
            yield
        except Exception as error:
            super(redis.QoS, self).ack(delivery_tag)
            if not isinstance(error, RedisError):
                raise
            log.warning("task_end_not_noted", reason=str(error))

    def restore_visible(self, *args: Any, **options: Any) -> None:
        """Take back what dead workers held; a refusal is left to the next time.

        A worker does so every few seconds, and hears of a Redis that stands still here first.
        """
        try:
            super().restore_visible(*args, **options)
        except RefusedByRedis as error:
            self.channel.vitals.refused(error.reason)
        except RedisError as error:
            self.channel.vitals.waits(error)
            raise
        else:
            self.channel.vitals.accepted()


class PatientChannel(redis.Channel):
    QoS = ForgettingQoS
    connection_class = TellingConnection
    connection_class_ssl = TellingSSLConnection

    def __init__(self, connection: "PatientTransport", **options: Any) -> None:
        """Connect to a Redis that takes what is written. Raises RedisError."""
        self.vitals = connection.vitals
        try:
            super().__init__(connection, **options)
            self._try_to_write()
        except RedisError:
            self.close()
            raise

    def _try_to_write(self) -> None:
        """Write nothing, as a message that is taken is noted. Raises RefusedByRedis."""
        with self.conn_or_acquire() as client:
            client.zadd(self.unacked_index_key, {"": 0}, xx=True)

    def close(self) -> None:
        """Give back what is held, if Redis takes it, and close every connection.

        kombu's own closes none if a reply is an error, and opens one to give back what is held.
        """
        transport: Any = self.connection  # the stubs know no poller with channels in it
        with suppress(RedisError):
            super().close()
        if transport is not None:
            transport.cycle.discard(self)
            self._disconnect_pools()  # type: ignore[attr-defined]  # not in the stubs
            self._close_clients()  # type: ignore[attr-defined]  # not in the stubs
            transport.close_channel(self)

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
        self.vitals.heard()
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
    connection_errors = (*redis.Transport.connection_errors, RefusedByRedis)

    def __init__(self, client: Connection, **options: Any) -> None:
        super().__init__(client, **options)
        self.vitals = WorkerVitals()
        """A worker puts its own here, which outlives the connection."""
        self._poller: Any = self.cycle.poller  # type: ignore[union-attr]  # the stubs know another

    def close_connection(self, connection: Connection) -> None:
        super().close_connection(connection)
        self._poller.close()

    def register_with_event_loop(self, connection: redis.Transport, loop: Hub) -> None:
        loop.on_tick.clear()  # kombu leaves those of every connection before there for ever
        super().register_with_event_loop(connection, loop)
