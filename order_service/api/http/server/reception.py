"""Takes requests in whole, and has the application answer them in threads of its own."""

import asyncio
import re
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from order_service.api.http.parsing import READ_AT_MOST_BYTES
from order_service.api.http.server.connections import HasCome
from order_service.api.http.server.lanes import Lane, LaneFull
from order_service.api.http.server.refusals import refusal
from order_service.api.http.server.wsgi import Application, Environ, WsgiAnswer, ask, environ_of
from order_service.converter.answers import ORDERS_PATH

BODY_TIMEOUT_S = 10.0
"""Seconds for a whole body, 64 KiB at most."""

LANES: Mapping[str, re.Pattern[str]] = {
    "liveness": re.compile("GET /livez"),
    "payment": re.compile(f"POST {ORDERS_PATH}/[^/]+/pay"),
    "inventory": re.compile(f"POST {ORDERS_PATH}"),
}
"""Which calls wait for which dependency; the others for none but the database."""

OTHERS = "database"

BUSY = "too many calls wait for {}; nothing was done, try again"

KnowsCaller = Callable[[str], bool]
"""Whether whoever sends this API key is let in; the bodies of others are not waited for."""

log = structlog.get_logger(__name__)


def lanes() -> Mapping[str, Lane]:
    """Make the lanes; a thread more is 0.1 MiB."""
    return {
        "liveness": Lane("livez", 1, patience_s=5),
        "payment": Lane("pay", 16, patience_s=1),
        "inventory": Lane("order", 12, patience_s=1),
        OTHERS: Lane("http", 16, patience_s=5),
    }


class Reception:
    """A body costs no thread while it comes. Made in the event loop that it serves."""

    def __init__(
        self,
        application: Application,
        *,
        key_header: str,
        knows: KnowsCaller,
        body_timeout_s: float = BODY_TIMEOUT_S,
    ) -> None:
        self._application = application
        self._body_timeout_s = body_timeout_s
        self._key_header = key_header
        self._knows = knows
        self._lanes = lanes()

    async def answer(self, request: web.BaseRequest, has_come: HasCome) -> web.StreamResponse:
        try:
            body = await self._body(request)
        except TimeoutError:
            return refusal(HTTPStatus.REQUEST_TIMEOUT, "the body came too slowly")
        except (HttpProcessingError, web.RequestPayloadError, ConnectionError):
            return refusal(HTTPStatus.BAD_REQUEST, "the body is not what its headers say")
        has_come()
        environ = environ_of(request, body)
        lane = lane_of(environ)
        work = partial(ask, self._application, environ)
        try:
            return _presented(await self._lanes[lane].run(work))
        except LaneFull:
            log.info("request_turned_away", waits_for=lane)
            return refusal(HTTPStatus.SERVICE_UNAVAILABLE, BUSY.format(lane))

    def end(self) -> None:
        for lane in self._lanes.values():
            lane.end()

    async def _body(self, request: web.BaseRequest) -> bytes:
        """Read the body, or as much of it as shows that it is too large.

        Raises TimeoutError, ConnectionError. Of a stranger, and of what says itself that it is too
        large, nothing is read: the application refuses it without.
        """
        if not request.body_exists or not self._knows(request.headers.get(self._key_header, "")):
            return b""
        if request.content_length is not None and request.content_length > READ_AT_MOST_BYTES:
            return b""
        await _tell_to_go_on(request)
        body = bytearray()
        async with asyncio.timeout(self._body_timeout_s):
            while len(body) < READ_AT_MOST_BYTES and (part := await _next_part(request)):
                body += part
        return bytes(body)


def lane_of(asked_for: Environ) -> str:
    """Go by the path as the application sees it, however it was encoded."""
    asked = f"{asked_for['REQUEST_METHOD']} {asked_for['PATH_INFO']}"
    return next((lane for lane, calls in LANES.items() if calls.fullmatch(asked)), OTHERS)


async def _next_part(request: web.BaseRequest) -> bytes:
    if request.transport is None:
        raise ConnectionResetError
    return await request.content.readany()


async def _tell_to_go_on(request: web.BaseRequest) -> None:
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0


def _presented(given: WsgiAnswer) -> web.Response:
    status, _, reason = given.status.partition(" ")
    answer = web.Response(status=int(status), reason=reason, headers=given.headers, body=given.body)
    if answer.headers.get("Connection") == "close":
        answer.force_close()
    return answer
