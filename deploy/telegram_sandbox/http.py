"""A very small HTTP/1.1 server with keep-alive, forms, JSON and injected faults."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

LONGEST_BODY = 1024 * 1024
TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"
JSON = "application/json"


class ConnectionDropped(Exception):
    """Raised by a handler to close the connection without an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Message
    body: bytes

    def parameters(self) -> dict[str, str]:
        """Query, form and JSON fields together, as text. Raises ValueError."""
        found = dict(self.query)
        if self.headers.get("content-type", "").startswith(JSON):
            for name, value in self.json().items():
                found[name] = value if isinstance(value, str) else json.dumps(value)
        else:
            found.update(parse_qsl(self.body.decode(), keep_blank_values=True))
        return found

    def json(self) -> dict[str, Any]:
        """Parse the body. Raises ValueError if it is not a JSON object."""
        parsed = json.loads(self.body or b"{}")
        if not isinstance(parsed, dict):
            raise ValueError("a JSON object is expected")  # noqa: TRY004  # as bad JSON is
        return parsed


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    status: int = 200
    body: bytes = b""
    content_type: str = TEXT

    def wire(self) -> bytes:
        lines = [
            f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}",
            f"Content-Type: {self.content_type}",
            f"Content-Length: {len(self.body)}",
        ]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


def json_response(value: object, *, status: int = 200) -> Response:
    body = json.dumps(value, ensure_ascii=False).encode()
    return Response(status=status, body=body, content_type=JSON)


ENDS_OF_A_CONNECTION = (
    ConnectionDropped,
    ConnectionError,
    ValueError,
    asyncio.IncompleteReadError,
    asyncio.CancelledError,  # at the end of the process: asyncio would print a traceback
)

Handle = Callable[[Request], Awaitable[Response]]


class HttpServer:
    """Listens on one address; can refuse connections for a while, like a machine that is down."""

    def __init__(self, handle: Handle, *, host: str, port: int) -> None:
        self._handle = handle
        self._host = host
        self._port = port
        self._listener: asyncio.Server | None = None
        self._connections: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        """Listen. Raises OSError if the port is in use."""
        self._listener = await asyncio.start_server(
            self._serve, self._host, self._port, reuse_address=True
        )

    def close(self) -> None:
        """Refuse new connections and close the open ones."""
        if self._listener:
            self._listener.close()
        for writer in self._connections:
            writer.transport.abort()

    async def refuse_for(self, seconds: float) -> None:
        self.close()
        await asyncio.sleep(seconds)
        await self.open()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer)
        try:
            with contextlib.suppress(*ENDS_OF_A_CONNECTION):
                while await self._answer_one(reader, writer):
                    pass
        finally:
            self._connections.discard(writer)
            writer.close()

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        request = await _read(reader)
        response = await self._handle(request)
        writer.write(response.wire())
        await writer.drain()
        return request.headers.get("connection", "").lower() != "close"


async def _read(reader: asyncio.StreamReader) -> Request:
    """Read one request. After ValueError or IncompleteReadError the connection must be closed."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, _, rest = head.partition("\r\n")
    method, target, _ = first.split(" ")
    headers = HeaderParser().parsestr(rest)
    length = int(headers.get("content-length", 0))
    if length > LONGEST_BODY:
        raise ValueError("the body is too large")
    address = urlsplit(target)
    return Request(
        method=method,
        path=unquote(address.path),
        query=dict(parse_qsl(address.query, keep_blank_values=True)),
        headers=headers,
        body=await reader.readexactly(length),
    )
