"""Log context of a batch."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from structlog.contextvars import bound_contextvars

from libs.kafka.trace import TRACE_HEADER, trace_of
from libs.kafka.types import Record


@contextmanager
def batch_bound(topic: str, group: str, records: Sequence[Record]) -> Iterator[None]:
    """Add topic, group and offsets, and the trace if all records share one."""
    with bound_contextvars(topic=topic, group=group, offsets=spans(records), **_one_trace(records)):
        yield


def spans(records: Iterable[Record]) -> dict[str, str]:
    """Return the first and last offset of each partition, as in {"0": "17-42"}."""
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for record in records:
        first.setdefault(record.partition, record.offset)
        last[record.partition] = record.offset
    return {str(partition): f"{first[partition]}-{last[partition]}" for partition in sorted(first)}


def _one_trace(records: Iterable[Record]) -> Mapping[str, str]:
    traces = {trace_of(record.headers) for record in records}
    trace = traces.pop() if len(traces) == 1 else None
    return {TRACE_HEADER: trace} if trace else {}
