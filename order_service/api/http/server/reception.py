"""Reads whole requests in the event loop and runs the application for them in threads."""

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from libs.metrics.declared.requests import HTTP_REQUEST
from libs.metrics.instruments import histograms
from order_service.api.http.parsing import READ_AT_MOST_BYTES
from order_service.api.http.server.connections import HasArrived
from order_service.api.http.server.lanes import Lane, LaneFull
from order_service.api.http.server.refusals import refusal
from order_service.api.http.server.wsgi import (
    NO_ROUTE,
    ROUTE,
    Application,
    Environ,
    WsgiAnswer,
    ask,
    environ_of,
)
from order_service.converter.answers import ORDERS_PATH, PARTS_PATH

BODY_TIMEOUT_S = 10.0
"""Seconds for a whole body of at most 64 KiB."""

LANES: Mapping[str, re.Pattern[str]] = {
    "liveness": re.compile("GET /livez"),
    "payment": re.compile(f"POST {ORDERS_PATH}/[^/]+/pay"),
    "inventory": re.compile(f"POST {ORDERS_PATH}|GET {PARTS_PATH}"),
}
"""Lane to the paths of its calls; all other calls wait for the database only."""

OTHERS = "database"

BUSY = "too many calls wait for {}; nothing was done, try again"

KnowsCaller = Callable[[str], bool]
"""Whether the sender of this API key may call; bodies of other callers are not read."""

log = structlog.get_logger(__name__)


def lanes() -> Mapping[str, Lane]:
    """Create the lanes; each additional thread costs 0.1 MiB."""
    return {
        "liveness": Lane("livez", 1, patience_s=5),
        "payment": Lane("pay", 16, patience_s=1),
        "inventory": Lane("order", 12, patience_s=1),
        OTHERS: Lane("http", 16, patience_s=5),
    }


class Reception:
    """Holds no thread while a body arrives. Create it in the event loop that it serves."""

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
        self._durations_s = histograms(HTTP_REQUEST)

    async def answer(self, request: web.BaseRequest, has_arrived: HasArrived) -> web.StreamResponse:
        try:
            body = await self._body(request)
        except TimeoutError:
            return self._refused(HTTPStatus.REQUEST_TIMEOUT, "the body came too slowly")
        except (HttpProcessingError, web.RequestPayloadError, ConnectionError):
            return self._refused(HTTPStatus.BAD_REQUEST, "the body is not what its headers say")
        has_arrived()
        began_s = time.perf_counter()
        environ = environ_of(request, body)
        answer = await self._answered(environ)
        route = environ.get(ROUTE, NO_ROUTE)
        self._durations_s[route, str(answer.status)].observe(time.perf_counter() - began_s)
        return answer

    async def _answered(self, environ: Environ) -> web.Response:
        lane = lane_of(environ)
        work = partial(ask, self._application, environ)
        try:
            return _presented(await self._lanes[lane].run(work))
        except LaneFull:
            log.info("request_turned_away", waits_for=lane)
            return refusal(HTTPStatus.SERVICE_UNAVAILABLE, BUSY.format(lane))

    def _refused(self, status: HTTPStatus, reason: str) -> web.Response:
        """Refuse a request that did not arrive in whole."""
        self._durations_s[NO_ROUTE, str(status.value)].observe(0)
        return refusal(status, reason)

    def end(self) -> None:
        for lane in self._lanes.values():
            lane.end()

    async def _body(self, request: web.BaseRequest) -> bytes:
        """Read the body, or enough of it to see that it is too large.

        Reads nothing for an unknown caller or when Content-Length is too large: the application
        refuses these without a body. Raises TimeoutError, ConnectionError.
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
    """Choose by the decoded path, as the application sees it."""
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
