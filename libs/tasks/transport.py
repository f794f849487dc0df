"""Redis as kombu speaks it, but for three things that hold a worker for ever.

What no Celery application has written is dropped: such a message ends the worker's process, and
many a one comes back a minute later, again and again. What is done counts as done even if Redis
does not hear of it. And an attempt to connect that failed leaves nothing behind.
"""

import json
from base64 import b64decode
from typing import Any

import structlog
from kombu.transport import redis
from redis.exceptions import RedisError

JSON = "application/json"

log = structlog.get_logger(__name__)


class Malformed(Exception):
    """The message is no task as this system writes it."""


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

    def _brpop_read(self, **options: Any) -> Any:
        try:
            return super()._brpop_read(**options)  # type: ignore[misc]  # not in the stubs
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            log.error("message_dropped", reason=f"not JSON: {error}")  # noqa: TRY400  # not ours
            return True


class PatientTransport(redis.Transport):
    Channel = PatientChannel

    def _deliver(self, message: Any, queue: str | None) -> None:
        """Hand the message to the worker, which from now on holds it; or drop it and say why."""
        try:
            ensure_task(message)
        except Malformed as error:
            log.error("message_dropped", queue=queue, reason=str(error))  # noqa: TRY400  # not ours
        else:
            super()._deliver(message, queue)


def ensure_task(message: object) -> None:
    """Check what the worker would stumble over. Raises Malformed."""
    envelope = _fields("message", message)
    headers = _fields("headers", envelope.get("headers"))
    properties = _fields("properties", envelope.get("properties"))
    place = _fields("delivery_info", properties.get("delivery_info"))
    for name, value in (
        ("task", headers.get("task")),
        ("id", headers.get("id")),
        ("delivery_tag", properties.get("delivery_tag")),
        ("exchange", place.get("exchange")),
        ("routing_key", place.get("routing_key")),
        ("body", envelope.get("body")),
    ):
        if not isinstance(value, str):
            raise Malformed(f"{name} is no text")
    if envelope.get("content-type") != JSON:
        raise Malformed("content-type is not JSON")
    _ensure_arguments(envelope["body"], properties.get("body_encoding"))


def _fields(name: str, value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed(f"{name} is no object")
    return value


def _ensure_arguments(body: str, encoding: object) -> None:
    try:
        arguments = json.loads(b64decode(body) if encoding == "base64" else body)
    except ValueError as error:
        raise Malformed(f"body: {error}") from error
    match arguments:
        case [list(), dict(), dict() | None]:
            return
    raise Malformed("body is not a task's arguments")
