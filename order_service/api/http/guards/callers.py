"""Identifies callers by API key and refuses calls that need a key."""

import hashlib
import hmac
from collections.abc import Iterable

import structlog
from flask import Flask, g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from order_service.api.http.guards.key_ids import key_id

HEADER = "X-API-Key"

OPEN_BLUEPRINTS = {"probes", "documentation", "api-docs"}
"""Blueprints that need no key: health probes and documentation."""

CHALLENGE = WWWAuthenticate("apikey", {"realm": "orders", "header": HEADER})

REFUSAL = f"a valid API key in {HEADER} is required"


class ApiKeys:
    """The keys that may call, stored and compared as digests. With no key the API is open."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._known = [(_digest(key.encode()), key_id(key)) for key in keys]

    @property
    def are_required(self) -> bool:
        return bool(self._known)

    def caller(self, presented: str) -> str | None:
        """Return the id of the key, or None. Takes the same time for every unknown key."""
        digest = _digest(presented.encode("latin-1", errors="replace"))
        found = None
        for known, caller in self._known:
            if hmac.compare_digest(known, digest):
                found = caller
        return found


def _digest(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()


def is_open() -> bool:
    """Whether this request needs no key and is not counted; a preflight carries no key."""
    return request.blueprint in OPEN_BLUEPRINTS or bool(g.get("is_preflight"))


def current_caller() -> str | None:
    """Return the id of this request's key; None where no key is required."""
    caller: str | None = g.caller
    return caller


def identify_callers(app: Flask, keys: ApiKeys) -> None:
    """Identify the caller of each request, before the call is counted."""

    @app.before_request
    def identify() -> None:
        g.caller = keys.caller(request.headers.get(HEADER, "")) if keys.are_required else None
        if g.caller is not None:
            structlog.contextvars.bind_contextvars(caller=g.caller)


def require_keys(app: Flask, keys: ApiKeys) -> None:
    """Answer 401 to unknown callers, after the call is counted, so guessing keys is limited too.

    A path without a view is 404 for every caller.
    """

    @app.before_request
    def require() -> None:
        if not keys.are_required or request.endpoint is None:
            return
        if g.caller is None and not is_open():
            raise Unauthorized(REFUSAL, www_authenticate=CHALLENGE)
