"""The REST port with an application whose calls a test can hold."""

import asyncio
import http.client
import json
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from threading import Event, Thread
from typing import Any

from deploy.local.engines.engine import LOOPBACK
from deploy.local.engines.ports import free_port
from order_service.api.http.server.connections import Connections
from order_service.api.http.server.listener import listen
from order_service.api.http.server.reception import Reception
from order_service.api.http.server.server import serve
from tests.integration.order_service.http.rest_client import Answer, RestClient
from tests.support.eventually import eventually

KEY = "the-key-of-this-test"
ORDERS = "/api/v1/orders"
PAY = f"{ORDERS}/1/pay"
AT_ONCE_S = 2.0
"""Far below the holds in these tests, far above a busy machine's delays."""

FAR_MORE_THAN_BUFFERS_HOLD = 32 * 1024 * 1024

HEAD = b"POST %s HTTP/1.1\r\nHost: x\r\nX-API-Key: %s\r\n%s\r\n\r\n"


class Shop:
    """A WSGI application whose payments, orders or lists a test can hold."""

    def __init__(self) -> None:
        self.held: set[str] = set()
        self.go_on = Event()
        self.in_hand: list[str] = []
        self.answer = b""
        """Answer of a list, if set."""
        self.stop: Callable[[], object] = lambda: None
        """Stops the server, as SIGTERM does."""
        self.is_ending: Callable[[], bool] = lambda: False

    def __call__(
        self, environ: dict[str, Any], start: Callable[[str, list[tuple[str, str]]], None]
    ) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path in self.held:
            self.in_hand.append(path)
            self.go_on.wait(30)
        body = self.answer if path == ORDERS and self.answer else environ["wsgi.input"].read()
        start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
        return [body]


@contextmanager
def served(
    shop: Shop, *, most: int = 1024, idle_s: float = 10.0, body_timeout_s: float = 10.0
) -> Iterator[int]:
    port = free_port()
    listener = listen(LOOPBACK, port)
    running: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def run() -> None:
        stop = asyncio.Event()
        reception = reception_of(shop, body_timeout_s=body_timeout_s)
        running.append((asyncio.get_running_loop(), stop))
        connections = Connections(reception.answer, most=most, idle_s=idle_s)
        shop.is_ending = lambda: connections.is_ending
        await serve(listener, connections, stop)
        reception.end()

    thread = Thread(target=lambda: asyncio.run(run()))
    thread.start()
    eventually(lambda: bool(running), within_s=5)
    shop.stop = partial(end, *running[0])
    try:
        yield port
    finally:
        shop.go_on.set()
        shop.stop()
        thread.join(20)


def reception_of(shop: Shop, *, body_timeout_s: float) -> Reception:
    return Reception(
        shop, key_header="X-API-Key", knows=lambda key: key == KEY, body_timeout_s=body_timeout_s
    )


def end(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    with suppress(RuntimeError):  # it has ended
        loop.call_soon_threadsafe(stop.set)


def call(port: int, method: str, path: str) -> Answer:
    return RestClient(port).call(method, path, headers={"X-API-Key": KEY})


def answer_at_once(port: int, method: str = "GET", path: str = ORDERS) -> Answer:
    began_at = time.monotonic()
    answer = call(port, method, path)
    assert time.monotonic() - began_at < AT_ONCE_S
    return answer


def connected(port: int) -> socket.socket:
    return socket.create_connection((LOOPBACK, port), timeout=10)


def is_closed_at_once(connection: socket.socket) -> bool:
    """Return whether it closes much sooner than a connection's timeouts."""
    connection.settimeout(AT_ONCE_S)
    with suppress(ConnectionResetError):
        return connection.recv(1) == b""
    return True


def received(connection: socket.socket) -> int:
    """Read to the end, also of a reset connection; return the number of bytes."""
    count = 0
    with suppress(ConnectionResetError):
        while part := connection.recv(1024 * 1024):
            count += len(part)
    return count


def sent(port: int, raw: bytes) -> tuple[int, dict[str, Any]]:
    """Send the bytes, read until the connection closes, and return status and body."""
    with connected(port) as connection:
        connection.sendall(raw)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        body = json.loads(answer.read())
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert connection.recv(1) == b""
    return answer.status, body
