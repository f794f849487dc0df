"""The trace that a record carries in its headers."""

from libs.kafka.types import Headers
from libs.logging.trace import well_formed_traceparent

TRACE_HEADER = "traceparent"


def trace_of(headers: Headers) -> str | None:
    """Return the W3C traceparent among the headers of a record, if it is well-formed."""
    for name, value in headers:
        if name == TRACE_HEADER:
            return well_formed_traceparent(value.decode("ascii", errors="replace"))
    return None
