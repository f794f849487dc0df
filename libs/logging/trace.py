"""The trace that the work at hand belongs to."""

import structlog


def current_traceparent() -> str | None:
    """Return the W3C traceparent that is bound to the log context, or None."""
    traceparent: str | None = structlog.contextvars.get_contextvars().get("traceparent")
    return traceparent
