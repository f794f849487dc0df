"""CORS: the origins whose pages may call this API from a browser."""

from collections.abc import Sequence
from datetime import timedelta

from flask import Flask, g, request
from flask_cors import CORS

from order_service.api.http.guards import callers
from order_service.api.http.resources import idempotency

SENT = ("Content-Type", callers.HEADER, idempotency.HEADER, "traceparent")

READ = (
    "Location",
    "Retry-After",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    idempotency.REPLAYED,
)

ASKED_AGAIN_AFTER = timedelta(minutes=10)


def register_cross_origin(app: Flask, origins: Sequence[str]) -> None:
    """Let pages of these origins call. The browser's preflight request carries no key."""
    if not origins:
        return

    @app.before_request
    def recognise_preflight() -> None:
        asks = "Access-Control-Request-Method" in request.headers
        g.is_preflight = request.method == "OPTIONS" and asks

    CORS(
        app,
        origins=list(origins),
        methods=["GET", "POST"],
        allow_headers=list(SENT),
        expose_headers=list(READ),
        max_age=ASKED_AGAIN_AFTER,
    )
