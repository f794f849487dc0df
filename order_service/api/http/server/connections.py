"""The connections of the REST port: their number, their timeouts, and answers to invalid HTTP."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus

import structlog
from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage, LineTooLong

from order_service.api.http.server.refusals import refusal

IDLE_S = 10.0
"""Seconds from the start of a connection, or from the last answer, to the end of the next
request's headers; then the connection is closed."""

FAREWELL_S = 2.0
"""Seconds after the stop in which an open connection gets one more answer, with
Connection: close. Closing it at once could break a request that is on its way."""

FINISH_TIMEOUT_S = 8.0
"""Seconds after that for open requests to finish."""

MAX_LINE_BYTES, MAX_HEADER_BYTES = 8 * 1024, 16 * 1024
"""They differ: aiohttp's error names only the limit, which tells a line from a header."""

MAX_HEADERS = 100

LINGER_S = 1.0
"""Seconds in which a refused client may still send its body, so that it reads the refusal."""

HasArrived = Callable[[], None]
"""Called once the whole request has arrived; from then on the connection is busy."""

Answering = Callable[[web.BaseRequest, HasArrived], Awaitable[web.StreamResponse]]

log = structlog.get_logger(__name__)


class Connection(web.RequestHandler):
    """Answers what the server itself refuses with the contract's error body, then closes."""

    def handle_error(
        self,
        request: web.BaseRequest,  # noqa: ARG002  # aiohttp's signature
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002
    ) -> web.StreamResponse:
        kind = status_of(exc, status)
        if kind is HTTPStatus.INTERNAL_SERVER_ERROR:
            log.error("request_failed", exc_info=exc)
            return refusal(kind, "internal server error")
        log.info("request_not_understood", status=kind.value, reason=type(exc).__name__)
        return refusal(kind, MESSAGES[kind])


MESSAGES = {
    HTTPStatus.BAD_REQUEST: "this is not HTTP",
    HTTPStatus.REQUEST_URI_TOO_LONG: f"the request line is longer than {MAX_LINE_BYTES} bytes",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: (
        f"there are more than {MAX_HEADERS} headers, or one is longer than {MAX_HEADER_BYTES} bytes"
    ),
}


def status_of(error: BaseException | None, otherwise: int) -> HTTPStatus:
    match error:
        case LineTooLong(args=(_, limit, _)) if limit == MAX_LINE_BYTES:
            return HTTPStatus.REQUEST_URI_TOO_LONG
        case LineTooLong() | BadHttpMessage(args=("Too many headers received",)):
            return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        case _:
            return HTTPStatus(otherwise)


class Connections(web.Server):
    """Limits the open connections: a new one replaces the one that has been idle for longest.

    Idle means waiting for the client: to send the rest of a request or to read an answer. So slow
    clients, however many, keep no other client out. If all are busy, the new one is closed.
    """

    def __init__(self, answering: Answering, *, most: int, idle_s: float = IDLE_S) -> None:
        super().__init__(
            self._answer,
            keepalive_timeout=idle_s,
            max_line_size=MAX_LINE_BYTES,
            max_field_size=MAX_HEADER_BYTES,
            max_headers=MAX_HEADERS,
            lingering_time=LINGER_S,
            auto_decompress=False,
            access_log=None,
        )
        self._answering = answering
        self._most = most
        self._idle: dict[web.RequestHandler, None] = {}
        self._busy: set[web.RequestHandler] = set()
        self.is_ending = False
        self._left = asyncio.Event()
        """Set when no connection is left; meaningful once the listener is closed."""

    def __call__(self) -> web.RequestHandler:
        return Connection(self, loop=self._loop, **self._kwargs)

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        self._idle[handler] = None
        if len(self._idle) + len(self._busy) > self._most:
            idlest = next(iter(self._idle))
            del self._idle[idlest]
            # It may be this new connection, which aiohttp can end only after it has begun.
            self._loop.call_soon(_end_at_once, idlest)

    def connection_lost(
        self, handler: web.RequestHandler, exc: BaseException | None = None
    ) -> None:
        super().connection_lost(handler, exc)
        self._forget(handler)

    async def end(self) -> None:
        """Close every connection, busy ones after their request. Close the listener first."""
        self.is_ending = True
        self._left.clear()
        if self.connections:
            with suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL_S):
                    await self._left.wait()
        self.pre_shutdown()
        await self.shutdown(FINISH_TIMEOUT_S)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        connection = request.protocol

        def has_arrived() -> None:
            self._idle.pop(connection, None)
            self._busy.add(connection)

        try:
            answer = await self._answering(request, has_arrived)
            if self.is_ending:
                answer.force_close()
            return answer
        finally:
            self._busy.discard(connection)
            self._idle.pop(connection, None)
            if connection.transport is None:
                self._forget(connection)
            else:
                self._idle[connection] = None

    def _forget(self, connection: web.RequestHandler) -> None:
        self._idle.pop(connection, None)
        if not self._idle and not self._busy:
            self._left.set()


def _end_at_once(connection: web.RequestHandler) -> None:
    """Abort the connection: close() would wait for a client that does not read its answer."""
    if connection.transport is not None:
        connection.transport.abort()
    connection.force_close()
