"""Granian in one process: what is killed leaves nobody behind who still holds the port."""

import socket
import sys
import time
from collections.abc import Callable
from typing import Any

import structlog
from granian._granian import SocketHolder
from granian.constants import Interfaces
from granian.server.mt import MTServer

from libs.lifecycle.stopping import exit_hard_later

THREADS = 8
"""Requests worked on at once; they wait for a database more than they compute."""

BACKLOG = 1024

PORT_WAIT_S = 5.0
"""Seconds for which a busy port may belong to a process that is just ending."""

KEEPALIVE = {socket.TCP_KEEPIDLE: 10, socket.TCP_KEEPINTVL: 5, socket.TCP_KEEPCNT: 3}
"""Seconds, and a number of tries, after which a client that vanished is given up."""

WsgiApplication = Callable[..., Any]

log = structlog.get_logger(__name__)


class HttpServer(MTServer):
    """One process with a server thread and THREADS threads of Python.

    Granian keeps this server for interpreters without a global lock, where threads replace worker
    processes. With the lock it works the same, and spares us a main process whose death would
    leave its worker running, and a listener that lets a second server bind beside it.
    """

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            target="",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=1,
            blocking_threads=THREADS,
            backlog=BACKLOG,
            websockets=False,
            log_enabled=False,
        )
        self._listener = listen(host, port)

    def run(self, application: WsgiApplication) -> None:
        """Answer requests until SIGTERM; open ones are finished. Main thread only.

        Exits 1 if the server thread fails.
        """
        log.info("http_server_listened", host=self.bind_addr, port=self.bind_port)
        self.serve(target_loader=lambda: application, wrap_loader=False)
        log.info("role_stopped")

    def signal_handler_interrupt(self, *args: object, **kwargs: object) -> None:
        exit_hard_later()
        super().signal_handler_interrupt(*args, **kwargs)  # type: ignore[no-untyped-call]

    def _check_gil(self) -> None:
        """Let an interpreter with a global lock pass."""

    def _init_shared_socket(self) -> None:
        """Hand over the listener that is ours alone, where granian would share the port."""
        self._shd = SocketHolder(*self._handed_over())  # type: ignore[assignment, call-arg]  # stubs are older

    def _handed_over(self) -> tuple[int, bool, int]:
        is_unix_socket = False
        return self._listener.detach(), is_unix_socket, BACKLOG


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
