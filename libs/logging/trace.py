"""The W3C trace of the current work."""

import re

import structlog

TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


def well_formed_traceparent(text: str) -> str | None:
    """Return the text if it is a valid W3C traceparent, else None."""
    return text if TRACEPARENT.fullmatch(text) else None


def current_traceparent() -> str | None:
    """Return the W3C traceparent that is bound to the log context, or None."""
    traceparent: str | None = structlog.contextvars.get_contextvars().get("traceparent")
    return traceparent
