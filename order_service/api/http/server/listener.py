"""The listener of the REST port. Imports no web framework."""

import socket
import sys
import time
from dataclasses import dataclass
from threading import Event

BACKLOG = 1024

PORT_WAIT_S = 5.0
"""Seconds to wait for a busy port, which a stopping process may hold."""

KEEPALIVE = {socket.TCP_KEEPIDLE: 10, socket.TCP_KEEPINTVL: 5, socket.TCP_KEEPCNT: 3}
"""Seconds and number of probes after which a vanished client is disconnected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A listener that other processes accept from, too."""

    listener: socket.socket
    others: int
    """Number of the other processes."""
    is_stopping: Event
    """Set when this process begins to stop."""


def listen(host: str, port: int) -> socket.socket:
    """Bind the port exclusively, or exit 1 with one line after waiting PORT_WAIT_S for it."""
    deadline = time.monotonic() + PORT_WAIT_S
    while True:
        try:
            return _listener(host, port)
        except OSError as error:
            if time.monotonic() > deadline:
                reason = f"cannot listen on {host}:{port} ({error.strerror})"
                sys.exit(f"{reason}: change HTTP_PORT or HTTP_HOST")
        time.sleep(0.1)


def _listener(host: str, port: int) -> socket.socket:
    family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind)
    try:
        # Ignores connections in TIME_WAIT, but not another listener.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Every connection inherits it. Without it each answer waits 40 ms for the client's ACK.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Inherited too. Without it a half-sent body of a vanished client holds a connection.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in KEEPALIVE.items():
            listener.setsockopt(socket.IPPROTO_TCP, option, value)
        listener.bind(address)
        listener.listen(BACKLOG)
        listener.setblocking(False)  # noqa: FBT003
    except OSError:
        listener.close()
        raise
    return listener
