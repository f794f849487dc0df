"""The HTTP server: one process, an event loop that reads requests, threads that answer them."""

import asyncio
import resource
import signal
import socket
import sys
import time

import structlog
from flask import Flask

from libs.lifecycle.stopping import exit_hard_later
from order_service.api.http.guards.callers import HEADER, ApiKeys
from order_service.api.http.server.connections import Connections
from order_service.api.http.server.reception import Reception

BACKLOG = 1024

ACCEPTED_AT_ONCE = 64
"""Connections accepted in one pass, before the loop reads from them."""

OTHER_FILES = 256
"""File descriptors reserved for the database, the peers and the log."""

MAX_CONNECTIONS = 4096

PORT_WAIT_S = 5.0
"""Seconds to wait for a busy port, which a stopping process may hold."""

KEEPALIVE = {socket.TCP_KEEPIDLE: 10, socket.TCP_KEEPINTVL: 5, socket.TCP_KEEPCNT: 3}
"""Seconds and number of probes after which a vanished client is disconnected."""

log = structlog.get_logger(__name__)


class HttpServer:
    """Binds the port in its constructor. Call run() in the main thread."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._listener = listen(host, port)

    def run(self, application: Flask, keys: ApiKeys) -> None:
        """Answer requests until SIGTERM, then finish the open ones."""
        asyncio.run(self._run(application, keys))
        log.info("role_stopped")

    async def _run(self, application: Flask, keys: ApiKeys) -> None:
        stop = asyncio.Event()

        def on_signal() -> None:
            exit_hard_later()
            stop.set()

        for signum in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(signum, on_signal)
        reception = Reception(
            application,
            key_header=HEADER,
            knows=lambda key: not keys.are_required or keys.caller(key) is not None,
        )
        connections = Connections(reception.answer, most=max_connections())
        log.info("http_server_listened", host=self._host, port=self._port)
        await serve(self._listener, connections, stop)
        reception.end()


async def serve(listener: socket.socket, connections: Connections, stop: asyncio.Event) -> None:
    """Serve the listener's connections until the stop event, then end the open ones."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(connections, sock=listener, backlog=ACCEPTED_AT_ONCE)
    listener.listen(BACKLOG)
    await stop.wait()
    server.close()
    await connections.end()


def max_connections() -> int:
    """Return the limit of open connections: the process's file limit minus its other files."""
    may_open, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(ACCEPTED_AT_ONCE, min(MAX_CONNECTIONS, may_open - OTHER_FILES))


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
