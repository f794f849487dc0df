"""The W3C trace in the headers of a record."""

from libs.kafka.types import Headers
from libs.logging.trace import well_formed_traceparent

TRACE_HEADER = "traceparent"


def trace_of(headers: Headers) -> str | None:
    """Return the traceparent header of a record if it is valid, else None."""
    for name, value in headers:
        if name == TRACE_HEADER:
            return well_formed_traceparent(value.decode("ascii", errors="replace"))
    return None
