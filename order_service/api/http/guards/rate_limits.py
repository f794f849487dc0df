"""Limits how often a caller may call: flask-limiter's rules on our own counter.

flask-limiter's Redis storage needs three round trips per request and waits for a Redis that does
not answer.
"""

import math
from dataclasses import dataclass
from http import HTTPStatus
from typing import NoReturn

from flask import Flask, Response, g, request
from flask_limiter import ApplicationLimit, Limiter
from limits import parse
from limits.storage import Storage

from order_service.api.http.guards.callers import current_caller, is_open
from order_service.api.http.guards.forwarding import TrustedProxy
from order_service.service.orders.edge_ports import CallCounter, Window

SCHEME = "shipyard-calls"


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    rule: str
    """Like 600/minute."""

    counter: CallCounter

    proxy: TrustedProxy | None = None
    """The proxy that is trusted to name the address of a caller without a key."""


class CountedCalls(Storage):
    """flask-limiter's storage for a fixed window. A call that cannot be counted is let through."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012  # named by limits

    def __init__(self, uri: str, counter: CallCounter) -> None:
        super().__init__(uri)
        self._counter = counter

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:  # noqa: ARG002  # limits' signature
        g.window = self._counter.count(key, window_s=expiry)
        return 0 if g.window is None else g.window.calls

    @property
    def base_exceptions(self) -> type[Exception]:
        return OSError

    def check(self) -> bool:
        return True

    def get(self, key: str) -> NoReturn:
        raise NotImplementedError

    def get_expiry(self, key: str) -> NoReturn:
        raise NotImplementedError

    def reset(self) -> NoReturn:
        raise NotImplementedError

    def clear(self, key: str) -> NoReturn:
        raise NotImplementedError


def register_rate_limit(app: Flask, limit: RateLimit) -> None:
    """Count the calls of each key, or address without one; answer 429 above the limit."""
    limiter = Limiter(
        lambda: _caller(limit.proxy),
        app=app,
        application_limits=[ApplicationLimit(limit.rule, error_message=f"more than {limit.rule}")],
        storage_uri=f"{SCHEME}://",
        storage_options={"counter": limit.counter},  # type: ignore[dict-item]  # passed on as it is
    )
    limiter.request_filter(is_open)
    amount = parse(limit.rule).amount

    @app.after_request
    def tell(answer: Response) -> Response:
        window: Window | None = g.get("window")
        if window is not None:
            answer.headers.update(headers_of(window, amount))
            if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
                answer.headers["Retry-After"] = answer.headers["RateLimit-Reset"]
        return answer


def headers_of(window: Window, amount: int) -> dict[str, str]:
    return {
        "RateLimit-Limit": str(amount),
        "RateLimit-Remaining": str(max(0, amount - window.calls)),
        # The window ends now; 0 would make the client retry at once.
        "RateLimit-Reset": str(max(1, math.ceil(window.ends_in_s))),
    }


def _caller(proxy: TrustedProxy | None) -> str:
    caller = current_caller()
    if caller is not None:
        return f"key:{caller}"
    address = request.remote_addr or ""
    if proxy is not None:
        address = proxy.customer(address, request.headers.get("X-Forwarded-For"))
    return f"address:{address}"
