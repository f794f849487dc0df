"""The HTTP server: one process, an event loop that reads requests, threads that answer them."""

import asyncio
import os
import resource
import signal
import socket
import threading

import structlog
from flask import Flask

from libs.health.heartbeat import Heartbeat
from libs.lifecycle.stopping import exit_hard_later
from order_service.api.http.guards.callers import HEADER, ApiKeys
from order_service.api.http.server.connections import Connections
from order_service.api.http.server.listener import BACKLOG, Shared, listen
from order_service.api.http.server.liveness import OwnLoop, probed
from order_service.api.http.server.reception import Reception
from order_service.api.http.server.turns import TakingTurns

ACCEPTED_AT_ONCE = 64
"""Connections accepted in one pass, before the loop reads from them."""

OTHER_FILES = 256
"""File descriptors reserved for the database, the peers and the log."""

MAX_CONNECTIONS = 4096

log = structlog.get_logger(__name__)


class HttpServer:
    """Binds the port in its constructor. Call run() in the main thread."""

    def __init__(self, host: str, port: int, *, shared: Shared | None = None) -> None:
        self._host, self._port = host, port
        self._listener = shared.listener if shared else listen(host, port)
        self._others = shared.others if shared else 0
        self._is_stopping = shared.is_stopping if shared else threading.Event()

    def run(self, application: Flask, keys: ApiKeys, heartbeat: Heartbeat | None = None) -> None:
        """Answer requests until SIGTERM, then finish the open ones."""
        asyncio.run(self._run(application, keys, heartbeat))
        log.info("role_stopped")

    async def _run(self, application: Flask, keys: ApiKeys, heartbeat: Heartbeat | None) -> None:
        reception = Reception(
            application,
            key_header=HEADER,
            knows=lambda key: not keys.are_required or keys.caller(key) is not None,
        )
        connections = Connections(reception.answer, most=max_connections())
        stop = _stop_on_signal(self._is_stopping)
        with probed(heartbeat, OwnLoop(connections).connect):
            log.info("http_server_listened", host=self._host, port=self._port, process=os.getpid())
            await serve(self._listener, connections, stop, others=self._others)
        reception.end()


def _stop_on_signal(is_stopping: threading.Event) -> asyncio.Event:
    stop = asyncio.Event()

    def on_signal() -> None:
        if not stop.is_set():
            is_stopping.set()
            exit_hard_later()
            stop.set()

    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, on_signal)
    return stop


async def serve(
    listener: socket.socket, connections: Connections, stop: asyncio.Event, *, others: int = 0
) -> None:
    """Serve the listener's connections until the stop event, then end the open ones.

    Others is the number of other processes that serve the same listener.
    """
    server: asyncio.Server | TakingTurns
    if others:
        server = TakingTurns(listener, connections, others)
    else:
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
