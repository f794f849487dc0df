"""The connections of the REST port: how many, for how long, and what is said to no HTTP."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus

import structlog
from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage, LineTooLong

from order_service.api.http.server.refusals import refusal

IDLE_S = 10.0
"""Seconds from the beginning of a connection, or from the last answer, to the end of the next
request's headers; then it is closed."""

FAREWELL_S = 2.0
"""Seconds after the stop in which who keeps a connection is answered once more, and told that it
ends: closing it at once would meet a request that is on its way."""

LONGEST_END_S = 8.0
"""Seconds that open requests get after that."""

LONGEST_LINE, LONGEST_HEADER = 8 * 1024, 16 * 1024
"""Bytes; they differ, as it is by them that a line is told from a header."""

MOST_HEADERS = 100

LINGER_S = 1.0
"""Seconds in which a client that was refused may still send its body, and so read the refusal."""

HasCome = Callable[[], None]
"""To be called once the request is there in whole: from then on it is worked on."""

Answering = Callable[[web.BaseRequest, HasCome], Awaitable[web.StreamResponse]]

log = structlog.get_logger(__name__)


class Connection(web.RequestHandler):
    """Says what the server itself refuses in the words of the contract, and closes."""

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
    HTTPStatus.REQUEST_URI_TOO_LONG: f"the request line is longer than {LONGEST_LINE} bytes",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: (
        f"there are more than {MOST_HEADERS} headers, or one is longer than {LONGEST_HEADER} bytes"
    ),
}


def status_of(error: BaseException | None, otherwise: int) -> HTTPStatus:
    match error:
        case LineTooLong(args=(_, limit, _)) if limit == LONGEST_LINE:
            return HTTPStatus.REQUEST_URI_TOO_LONG
        case LineTooLong() | BadHttpMessage(args=("Too many headers received",)):
            return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        case _:
            return HTTPStatus(otherwise)


class Connections(web.Server):
    """At most so many at once: the one that has been idle for longest makes room for the next.

    Idle is whatever waits for its client, to send a request in whole or to read an answer, so slow
    clients, however many, keep nobody out. If all are busy the new one is closed.
    """

    def __init__(self, answering: Answering, *, most: int, idle_s: float = IDLE_S) -> None:
        super().__init__(
            self._answer,
            keepalive_timeout=idle_s,
            max_line_size=LONGEST_LINE,
            max_field_size=LONGEST_HEADER,
            max_headers=MOST_HEADERS,
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
        """Whether, when nobody new comes, everybody is gone."""

    def __call__(self) -> web.RequestHandler:
        return Connection(self, loop=self._loop, **self._kwargs)

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        self._idle[handler] = None
        if len(self._idle) + len(self._busy) > self._most:
            idlest = next(iter(self._idle))
            del self._idle[idlest]
            # It may be this very one, which aiohttp takes as ended only once it has begun.
            self._loop.call_soon(_end_at_once, idlest)

    def connection_lost(
        self, handler: web.RequestHandler, exc: BaseException | None = None
    ) -> None:
        super().connection_lost(handler, exc)
        self._forget(handler)

    async def end(self) -> None:
        """End every connection, those in use after their requests; no new one may come."""
        self.is_ending = True
        self._left.clear()
        if self.connections:
            with suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL_S):
                    await self._left.wait()
        self.pre_shutdown()
        await self.shutdown(LONGEST_END_S)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        connection = request.protocol

        def has_come() -> None:
            self._idle.pop(connection, None)
            self._busy.add(connection)

        try:
            answer = await self._answering(request, has_come)
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
    """Hang up, also on who does not read: closing alone would wait for its answer to be read."""
    if connection.transport is not None:
        connection.transport.abort()
    connection.force_close()
