"""A TLS proxy in front of a real server whose wheel was built without TLS."""

import asyncio
import gc
import ssl
import warnings
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

from deploy.local.engines.engine import LOOPBACK
from tests.support.servers.certificates import Certificates

Asked = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""Exchanges plain-text bytes before the TLS handshake."""

PIECE_BYTES = 65_536

SSL_REQUEST_BYTES = 8


async def at_once(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Exchange nothing: TLS begins at once."""


async def as_postgresql(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer PostgreSQL's SSLRequest with yes."""
    await reader.readexactly(SSL_REQUEST_BYTES)
    writer.write(b"S")
    await writer.drain()


@contextmanager
def tls_proxy(
    server_port: int, certificates: Certificates, asked: Asked = at_once
) -> Iterator[int]:
    """Yield the port of a TLS proxy in front of the unchanged server."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates.certificate, certificates.key)
    proxy = _Proxy(server_port, context, asked)
    thread = Thread(target=proxy.run, daemon=True)
    thread.start()
    proxy.is_open.wait(10)
    try:
        yield proxy.port
    finally:
        proxy.close()
        thread.join(10)
        del proxy, thread
        _collect()


def _collect() -> None:
    """Collect garbage: only that closes the socket of a client that broke off its handshake."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


class _Proxy:
    def __init__(self, server_port: int, context: ssl.SSLContext, asked: Asked) -> None:
        self.is_open = Event()
        self.port = 0
        self._server_port, self._context, self._asked = server_port, context, asked
        self._loop = asyncio.new_event_loop()
        self._end = asyncio.Event()
        self._guests: set[asyncio.Task[None]] = set()
        """References to the tasks; without one, a task may be garbage-collected."""
        self._opened: list[asyncio.WriteTransport] = []

    def run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._let_in, LOOPBACK, 0)
        self.port = server.sockets[0].getsockname()[1]
        self.is_open.set()
        await self._end.wait()
        server.close()
        await asyncio.sleep(0)  # gives a new connection its transport, which closes the socket
        while inside := asyncio.all_tasks() - {asyncio.current_task()}:
            for each in inside:
                each.cancel()
            await asyncio.gather(*inside, return_exceptions=True)
        for transport in self._opened:
            with suppress(AttributeError):  # of Python 3.11.2, if it was closed twice
                transport.abort()
        await asyncio.sleep(0)  # aborted connections close in the next round

    def _let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._opened.append(writer.transport)
        self._guests.add(asyncio.create_task(self._serve_guest(reader, writer)))

    async def _serve_guest(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Forward bytes until either side closes or the handshake fails."""
        raw = writer.transport
        try:
            await self._asked(reader, writer)
            await writer.start_tls(self._context)
            from_server, to_server = await asyncio.open_connection(LOOPBACK, self._server_port)
            self._opened += [writer.transport, to_server.transport]
            await asyncio.gather(pumped(reader, to_server), pumped(from_server, writer))
        except (OSError, EOFError):
            raw.abort()


async def pumped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Forward everything until one side closes; then close the other."""
    try:
        while piece := await reader.read(PIECE_BYTES):
            writer.write(piece)
            await writer.drain()
    finally:
        writer.close()
