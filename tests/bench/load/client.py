"""A lean HTTP/1.1 client: a request is bytes made in advance, an answer a status and a body.

A general client costs half a millisecond a request, which the measured processes would miss on
shared cores.
"""

import asyncio
import time
from types import TracebackType
from typing import NamedTuple, Self

END_OF_HEADERS = b"\r\n\r\n"
LENGTH = b"content-length:"
CLOSES = b"connection: close"

ANSWER_TIMEOUT_S = 15.0

REUSED_FOR_S = 5.0
"""A connection that was idle for longer is not used again: servers close it after 10 s, perhaps at
the moment when a request is on its way."""


class Reply(NamedTuple):
    status: int
    body: bytes


NO_REPLY = Reply(0, b"")


def parse_reply(received: bytes) -> tuple[Reply, bool] | None:
    """Return the reply and whether the connection stays open, or None if it is incomplete.

    Raises ValueError if it has no Content-Length.
    """
    end = received.find(END_OF_HEADERS)
    if end < 0:
        return None
    headers = received[:end].lower()
    at = headers.find(LENGTH)
    if at < 0:
        raise ValueError("an answer without a Content-Length")
    length = int(headers[at + len(LENGTH) :].split(b"\r\n", 1)[0])
    begin = end + len(END_OF_HEADERS)
    if len(received) < begin + length:
        return None
    return Reply(int(headers[9:12]), received[begin : begin + length]), CLOSES not in headers


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self.is_open = False
        self.idle_since = 0.0
        self._received = b""
        self._answer: asyncio.Future[Reply] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self.is_open = transport, True

    def data_received(self, data: bytes) -> None:
        self._received += data
        try:
            parsed = parse_reply(self._received)
        except ValueError:
            return self.close()
        if parsed:
            reply, self.is_open = parsed
            self._received = b""
            self._settle(reply)
        return None

    def connection_lost(self, _: Exception | None) -> None:
        self.is_open = False
        self._settle(NO_REPLY)

    def close(self) -> None:
        self.is_open = False
        if self._transport:
            self._transport.close()

    async def ask(self, request: bytes) -> Reply:
        assert self._transport
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def _settle(self, reply: Reply) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_result(reply)


class Client:
    """Keeps its connections open. A request without an answer gets NO_REPLY."""

    def __init__(self, host: str, port: int) -> None:
        self._address = host, port
        self._free: list[_Connection] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        while self._free:
            self._free.pop().close()

    async def ask(self, request: bytes) -> Reply:
        try:
            connection = await self._connection()
        except OSError:
            return NO_REPLY
        timer = asyncio.get_running_loop().call_later(ANSWER_TIMEOUT_S, connection.close)
        reply = await connection.ask(request)
        timer.cancel()
        if connection.is_open:
            connection.idle_since = time.monotonic()
            self._free.append(connection)
        else:
            connection.close()
        return reply

    async def _connection(self) -> _Connection:
        while self._free:
            connection = self._free.pop()
            if connection.is_open and time.monotonic() - connection.idle_since < REUSED_FOR_S:
                return connection
            connection.close()
        loop = asyncio.get_running_loop()
        _, opened = await loop.create_connection(_Connection, *self._address)
        return opened
