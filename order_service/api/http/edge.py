"""What surrounds every request: the trace it belongs to, and one line in the log."""

import time

import structlog
from flask import Flask, Response, g, request

from libs.logging.trace import well_formed_traceparent

QUIET_ENDPOINTS = {"probes.livez", "probes.readyz"}

log = structlog.get_logger(__name__)


def register_edge(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began_at_s = time.perf_counter()
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
