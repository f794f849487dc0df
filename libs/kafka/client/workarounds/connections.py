"""Makes kafka-python's clients report why a broker refuses the connection.

By itself the client reports a wrong password, an unknown authority and a broker that is down with
the same words, "unable to bootstrap".
"""

import ssl
from collections.abc import Callable
from typing import Any

import structlog
from kafka.errors import (
    IllegalSaslStateError,
    KafkaConnectionError,
    KafkaProtocolError,
    SaslAuthenticationFailedError,
    UnsupportedSaslMechanismError,
)
from kafka.net.compat import KafkaNetClient
from kafka.net.connection import KafkaConnection
from kafka.net.manager import KafkaConnectionManager
from kafka.net.selector import NetworkSelector

from libs.kafka.client.workarounds.rebootstrap import RebootstrappingManager
from libs.kafka.client.workarounds.sockets import close_sockets_that_cannot_connect
from libs.resilience.on_change import OnChange

Received = tuple[bytes, Exception | None]

HUNG_UP = "socket disconnected"

log = structlog.get_logger(__name__)


class Connections(RebootstrappingManager):
    """Remembers why the last connection was refused, until one succeeds.

    Logs a refusal of a running client when it begins. The client goes on trying, because the
    broker's operator may be in the middle of a change.
    """

    def __init__(self, net: NetworkSelector, **configs: Any) -> None:
        KafkaConnectionManager.__init__(self, net, **configs)
        self.refusal = OnChange()

    def get_connection(self, node_id: Any, *more: Any, **options: Any) -> KafkaConnection:
        known = self._conns.get(node_id)
        connection: KafkaConnection = KafkaConnectionManager.get_connection(
            self, node_id, *more, **options
        )
        if connection is not known:
            connection.init_future.add_callback(self._forget)
            connection.close_future.add_errback(self._note)
        return connection

    async def _build_transport(self, node: object, timeout_at: float | None = None) -> Any:
        transport = await KafkaConnectionManager._build_transport(  # noqa: SLF001  # our own base
            self, node, timeout_at=timeout_at
        )
        # The client drops data that arrives together with the end of the connection. Mostly that
        # is the reason for the end.
        receive = words_before_the_end(transport._sock_recv)  # noqa: SLF001
        setattr(transport, "_sock_recv", receive)  # noqa: B010  # mypy knows it as a method
        return transport

    def _forget(self, _: object) -> None:
        self.refusal.changes_to("")

    def _note(self, error: Exception) -> None:
        reason = refusal(error, str(self.config["security_protocol"]))
        if not reason or not self.refusal.changes_to(reason):
            return
        if self.bootstrapped and not hung_up(error):
            log.error("kafka_refused_the_connection", reason=reason)


def open_net(*, metrics: Any = None, **configs: Any) -> KafkaNetClient:
    """Build the object that the clients take as kafka_client."""
    close_sockets_that_cannot_connect()
    net = NetworkSelector(metrics=metrics, **configs)
    return KafkaNetClient(net, Connections(net, metrics=metrics, **configs))


def refusal(error: Exception, protocol: str) -> str:
    """Return why a broker ended the connection, for an operator; empty if it was not reached."""
    match error:
        case SaslAuthenticationFailedError():
            reason = f"the broker refuses the login: {str(error).rpartition('Error: ')[2]}"
        case UnsupportedSaslMechanismError():
            reason = "the broker does not offer the mechanism in KAFKA_SASL_MECHANISM"
        case IllegalSaslStateError():
            reason = f"the broker asks for no login, KAFKA_SECURITY_PROTOCOL is {protocol}"
        case KafkaConnectionError(__context__=ssl.SSLError() as cause):
            reason = f"TLS with the broker fails: {cause}"
        case ssl.SSLError():
            reason = f"KAFKA_SSL_CAFILE cannot be used: {error}"
        case _ if hung_up(error):
            reason = (
                f"the broker disconnects a client of KAFKA_SECURITY_PROTOCOL {protocol}: "
                "does this listener expect another one?"
            )
        case _:
            reason = ""
    return reason


def hung_up(error: Exception) -> bool:
    """Return True if the broker disconnected silently or spoke another protocol."""
    return isinstance(error, KafkaProtocolError) or HUNG_UP in str(error)


def words_before_the_end(receive: Callable[[], Received]) -> Callable[[], Received]:
    def received() -> Received:
        data, error = receive()
        return (data, None) if data else (data, error)

    return received
