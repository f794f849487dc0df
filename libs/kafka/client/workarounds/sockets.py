"""Closes sockets that could not connect; kafka-python leaves them to the garbage collector.

The traceback of a refused connection holds the socket and is part of a reference cycle: 51 sockets
of one client were open after 90 s without a broker.
"""

import socket
from typing import Any

from kafka.net.inet import KafkaNetSocket

_connect = KafkaNetSocket.sock_connect


async def _connect_or_close(
    factory: KafkaNetSocket, net: Any, sock: socket.socket, *address: Any, **options: Any
) -> Any:
    try:
        return await _connect(factory, net, sock, *address, **options)  # type: ignore[no-untyped-call]  # it has no types
    except BaseException:
        sock.close()
        raise


def close_sockets_that_cannot_connect() -> None:
    """Make every client of this process do so. A repeat changes nothing."""
    setattr(KafkaNetSocket, "sock_connect", _connect_or_close)  # noqa: B010  # mypy knows a method
