"""Who calls: API keys, and which calls need one."""

import hashlib
import hmac
from collections.abc import Iterable

import structlog
from flask import Flask, g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

HEADER = "X-API-Key"

OPEN_BLUEPRINTS = {"probes", "documentation", "api-docs"}
"""What is asked before anybody has a key: health, and how to call."""

CHALLENGE = WWWAuthenticate("apikey", {"realm": "orders", "header": HEADER})

REFUSAL = f"a valid API key in {HEADER} is required"

KEY_ID_DIGITS = 16


class ApiKeys:
    """The keys that may call, held and compared as digests. Without any the API is open."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._known = [(_digest(key.encode()), key_id(key)) for key in keys]

    @property
    def are_required(self) -> bool:
        return bool(self._known)

    def caller(self, presented: str) -> str | None:
        """Return the id of the key, or None; takes as long for any key that is not known."""
        digest = _digest(presented.encode("latin-1", errors="replace"))
        found = None
        for known, caller in self._known:
            if hmac.compare_digest(known, digest):
                found = caller
        return found


def key_id(key: str) -> str:
    """Name a key in logs and tables without giving it away."""
    return hashlib.sha256(b"id of the API key " + key.encode()).hexdigest()[:KEY_ID_DIGITS]


def _digest(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()


def is_open() -> bool:
    """Whether this request is anybody's, and not counted; a browser's preflight has no key yet."""
    return request.blueprint in OPEN_BLUEPRINTS or bool(g.get("is_preflight"))


def current_caller() -> str | None:
    """Return the id of the key that this request came with; None where none is required."""
    caller: str | None = g.caller
    return caller


def identify_callers(app: Flask, keys: ApiKeys) -> None:
    """Learn who calls, before calls are counted."""

    @app.before_request
    def identify() -> None:
        g.caller = keys.caller(request.headers.get(HEADER, "")) if keys.are_required else None
        if g.caller is not None:
            structlog.contextvars.bind_contextvars(caller=g.caller)


def require_keys(app: Flask, keys: ApiKeys) -> None:
    """Answer 401 to strangers, after calls are counted: guessing has its limit too.

    A path without a view is 404 for everybody.
    """

    @app.before_request
    def require() -> None:
        if not keys.are_required or request.endpoint is None:
            return
        if g.caller is None and not is_open():
            raise Unauthorized(REFUSAL, www_authenticate=CHALLENGE)
