"""The heartbeat of the HTTP role: the event loop of this process must answer."""

import asyncio
import http.client
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import structlog

from libs.health.heartbeat import Heartbeat

ASK_EVERY_S = 5.0

ANSWER_TIMEOUT_S = 5.0

Connect = Callable[[], socket.socket]

log = structlog.get_logger(__name__)


class OwnLoop:
    """Connects to the event loop that creates it, not by the port: another process may share it."""

    def __init__(self, connections: Callable[[], asyncio.Protocol]) -> None:
        self._loop = asyncio.get_running_loop()
        self._connections = connections
        self._opening: asyncio.Task[object] | None = None

    def connect(self) -> socket.socket:
        """Return the client's side of a new connection. Call it from another thread.

        Raises OSError.
        """
        ours, theirs = socket.socketpair()
        theirs.setblocking(False)  # noqa: FBT003
        try:
            self._loop.call_soon_threadsafe(self._accept, theirs)
        except RuntimeError as error:
            ours.close()
            theirs.close()
            raise ConnectionRefusedError("the event loop has ended") from error
        return ours

    def _accept(self, theirs: socket.socket) -> None:
        self._opening = self._loop.create_task(
            self._loop.connect_accepted_socket(self._connections, theirs)
        )


class SelfProbe:
    """Touches the heartbeat after each answer of /livez: a hanging server becomes stale."""

    def __init__(
        self, connect: Connect, heartbeat: Heartbeat, *, timeout_s: float = ANSWER_TIMEOUT_S
    ) -> None:
        self._connect = connect
        self._timeout_s = timeout_s
        self._heartbeat = heartbeat

    def run(self, stop: Event) -> None:
        while not stop.is_set():
            if self._alive(stop):
                self._heartbeat.touch()
            stop.wait(ASK_EVERY_S)

    def _alive(self, stop: Event) -> bool:
        connection = http.client.HTTPConnection("localhost")
        try:
            connection.sock = self._connect()
            connection.sock.settimeout(self._timeout_s)
            connection.request("GET", "/livez")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException) as error:
            if not stop.is_set():
                log.warning("self_probe_failed", process=os.getpid(), reason=str(error))
            return False
        finally:
            connection.close()


@contextmanager
def probed(heartbeat: Heartbeat | None, connect: Connect) -> Iterator[None]:
    """Run a SelfProbe in a thread of its own during the block."""
    ended = Event()
    if heartbeat is not None:
        probe = SelfProbe(connect, heartbeat)
        Thread(target=probe.run, args=(ended,), name="self-probe", daemon=True).start()
    try:
        yield
    finally:
        ended.set()
