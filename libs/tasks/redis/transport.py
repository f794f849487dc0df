"""kombu's Redis transport, without the faults that end or block a worker.

- A message that is not a task is dropped: it would end the worker's process, and many such messages
  are redelivered every minute.
- A task that is done counts as done, even if Redis could not be told.
- A Redis that refuses writes counts as unavailable.
- A connection that failed or was closed leaves nothing behind, whatever Redis answers.
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
    """Counts a message until the worker is done with it, even if its acknowledgement fails.

    kombu goes on counting a message whose acknowledgement failed. A worker that was at its limit
    when Redis died would then take no more tasks, and would not notice that Redis is back. The
    message is redelivered after the visibility timeout.
    """

    channel: "PatientChannel"

    def append(self, message: Message, delivery_tag: str) -> None:
        """Hold a message. A full Redis delivers messages but cannot record which worker holds them.

        The worker runs them all the same, which frees memory. They are not redelivered if this
        worker dies.
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
        """Requeue the messages of dead workers. After a refusal the next call tries again.

        A worker calls this every few seconds, and so notices a frozen Redis here first.
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
        """Connect to a Redis that accepts writes. Raises RedisError."""
        self.vitals = connection.vitals
        self._reused: Redis | None = None
        try:
            super().__init__(connection, **options)
            self._try_to_write()
        except RedisError:
            self.close()
            raise

    def _try_to_write(self) -> None:
        """Send an empty write in the way a held message is recorded. Raises RefusedByRedis."""
        with self.conn_or_acquire() as client:
            client.zadd(self.unacked_index_key, {"": 0}, xx=True)

    def close(self) -> None:
        """Requeue the held messages if Redis accepts them, and close every connection.

        kombu's method closes none if a reply is an error, and opens another one to requeue.
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
        """Create a pool. Raises RedisError on a closed channel; kombu's error would end the worker.

        A task that one worker received twice may be acknowledged on a closed channel.
        """
        if self.connection is None:
            raise RedisConnectionError("the channel is closed")
        pool: ConnectionPool = super()._get_pool(asynchronous)  # type: ignore[misc]  # not in the stubs
        return pool

    def _create_client(self, asynchronous: bool = False) -> Redis:  # noqa: FBT001, FBT002  # kombu's
        """Create a client for receiving, or return the one for everything else.

        kombu creates one for each command, a seventh of what a message costs a worker.
        """
        reused = self._reused
        if not asynchronous and reused and reused.connection_pool is self.pool:
            return reused
        client: Redis = super()._create_client(asynchronous)  # type: ignore[misc]  # not in the stubs
        client.set_response_callback("BRPOP", self._only_a_task)
        if not asynchronous:
            self._reused = client
        return client

    def _only_a_task(self, reply: list[bytes] | None, **_: object) -> list[bytes] | None:
        """Return the reply; if its message is not a task, report an empty queue."""
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
        """Set by a worker to its own vitals, which outlive the connection."""
        self._poller: Any = self.cycle.poller  # type: ignore[union-attr]  # the stubs know another

    def close_connection(self, connection: Connection) -> None:
        super().close_connection(connection)
        self._poller.close()

    def register_with_event_loop(self, connection: redis.Transport, loop: Hub) -> None:
        loop.on_tick.clear()  # kombu never removes those of earlier connections
        super().register_with_event_loop(connection, loop)
