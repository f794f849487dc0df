"""The HTTP server: one process, a loop that takes requests in, threads that answer them."""

import asyncio
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable

import structlog
from flask import Flask

from libs.lifecycle.stopping import exit_hard_later
from order_service.api.http.guards.callers import HEADER, ApiKeys
from order_service.api.http.server.connections import Connections
from order_service.api.http.server.reception import Reception

BACKLOG = 1024

ACCEPTED_AT_ONCE = 64
"""Connections taken in before the loop looks at what they say."""

OTHER_FILES = 256
"""File descriptors that are not for customers: the database, the peers, the log."""

MOST_CONNECTIONS = 4096

PORT_WAIT_S = 5.0
"""Seconds for which a busy port may belong to a process that is just ending."""

KEEPALIVE = {socket.TCP_KEEPIDLE: 10, socket.TCP_KEEPINTVL: 5, socket.TCP_KEEPCNT: 3}
"""Seconds, and a number of tries, after which a client that vanished is given up."""

log = structlog.get_logger(__name__)


class HttpServer:
    """Takes the port when it is made; run() in the main thread."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._listener = listen(host, port)

    def run(self, application: Flask, keys: ApiKeys) -> None:
        """Answer requests until SIGTERM; open ones are finished."""
        asyncio.run(self._run(application, keys))
        log.info("role_stopped")

    async def _run(self, application: Flask, keys: ApiKeys) -> None:
        stop = asyncio.Event()
        for signum in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(signum, _stopper(stop))
        reception = Reception(
            application,
            key_header=HEADER,
            knows=lambda key: not keys.are_required or keys.caller(key) is not None,
        )
        connections = Connections(reception.answer, most=most_connections())
        log.info("http_server_listened", host=self._host, port=self._port)
        await serve(self._listener, connections, stop)
        reception.end()


async def serve(listener: socket.socket, connections: Connections, stop: asyncio.Event) -> None:
    """Serve the listener's connections until it is told to stop, then end those that are open."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(connections, sock=listener, backlog=ACCEPTED_AT_ONCE)
    listener.listen(BACKLOG)
    await stop.wait()
    server.close()
    await connections.end()


def _stopper(stop: asyncio.Event) -> Callable[[], None]:
    def on_signal() -> None:
        exit_hard_later()
        stop.set()

    return on_signal


def most_connections() -> int:
    """Return how many may be open at once: what the process may open, but for its other files."""
    may_open, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(ACCEPTED_AT_ONCE, min(MOST_CONNECTIONS, may_open - OTHER_FILES))


def listen(host: str, port: int) -> socket.socket:
    """Take the port alone, or exit 1 with one line; a holder that is just ending is waited for."""
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
        # Past connections in TIME_WAIT do not count; a living listener does.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Inherited by every connection; without it each answer waits 40 ms for the client's ACK.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Inherited too; without it the half-sent body of a client that vanished holds a thread.
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
