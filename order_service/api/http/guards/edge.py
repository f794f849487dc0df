"""Does what every request needs: a trace, one log line, and the end of its connection."""

import time

import structlog
from flask import Flask, Response, g, request

from libs.logging.trace import well_formed_traceparent
from order_service.api.http.server.wsgi import NO_ROUTE, ROUTE

QUIET_ENDPOINTS = {"probes.livez", "probes.readyz"}

log = structlog.get_logger(__name__)


def register_edge(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)
    app.after_request(_close_after_an_unread_body)


def _begin() -> None:
    g.began_at_s = time.perf_counter()
    g.body_was_read = False
    request.environ[ROUTE] = request.endpoint or NO_ROUTE
    structlog.contextvars.clear_contextvars()
    if traceparent := well_formed_traceparent(request.headers.get("traceparent", "")):
        structlog.contextvars.bind_contextvars(traceparent=traceparent)
    if request.view_args and "order_uuid" in request.view_args:
        structlog.contextvars.bind_contextvars(order_uuid=str(request.view_args["order_uuid"]))


def _end(answer: Response) -> Response:
    if request.endpoint not in QUIET_ENDPOINTS:
        log.info(
            "request_answered",
            method=request.method,
            endpoint=request.endpoint,
            status=answer.status_code,
            ms=round((time.perf_counter() - g.began_at_s) * 1000, 1),
        )
    return answer


def _close_after_an_unread_body(answer: Response) -> Response:
    """Announce that the connection closes when a request's body was not read.

    The server closes it: the unread body stands before the next request. Reading the body of a
    refused request would let a slow client hold a thread.
    """
    has_body = bool(request.content_length) or "Transfer-Encoding" in request.headers
    if has_body and not g.body_was_read:
        answer.headers["Connection"] = "close"
    return answer
