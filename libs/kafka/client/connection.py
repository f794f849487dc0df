"""Opens the clients of kafka-python."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from kafka.errors import KafkaError
from kafka.net.compat import KafkaNetClient

from libs.kafka.client.workarounds.connections import Connections, open_net
from libs.kafka.errors import KafkaUnavailable

Client = TypeVar("Client")


def open_client(kind: Callable[..., Client], options: Mapping[str, Any]) -> Client:
    """Construct one of kafka-python's clients; raises KafkaError if no broker lets it in.

    A constructor that fails leaves its thread and sockets open. They are closed here, so that
    retries during a long outage do not use up both.
    """
    opened: list[KafkaNetClient] = []

    def open_and_keep(**settings: Any) -> KafkaNetClient:
        opened.append(open_net(**settings))
        return opened[-1]

    try:
        return kind(kafka_client=open_and_keep, **options)
    except BaseException as error:
        for net in opened:
            net.close()
        if isinstance(error, KafkaError) and (reason := _refusal(opened)):
            raise KafkaRefused(reason) from error
        raise


@contextmanager
def kafka_errors() -> Iterator[None]:
    """Raise every error of the client as KafkaUnavailable."""
    try:
        yield
    except KafkaError as error:
        raise KafkaUnavailable(str(error)) from error


class KafkaRefused(KafkaError):
    """A broker was reached but refused the connection: the configuration is wrong."""

    def __str__(self) -> str:
        return str(self.args[0])


def _refusal(opened: Sequence[KafkaNetClient]) -> str:
    managers = [net._manager for net in opened]  # noqa: SLF001
    return next((each.refusal.state for each in managers if isinstance(each, Connections)), "")
