"""Makes the instruments of the declared metrics; the only place that does.

An instrument is made at its first use and counts for the whole process. Objects on a hot path keep
the instrument that they get here: to find it by its labels again costs more than to count.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import product
from threading import Lock
from typing import Generic, TypeVar, cast

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
)

from libs.metrics.declared.kinds import CounterOf, Declared, GaugeOf, HistogramOf

REGISTRY = CollectorRegistry()

Made = TypeVar("Made", Counter, Gauge, Histogram)

_made: dict[str, Counter | Gauge | Histogram] = {}

_making = Lock()


def counter(metric: CounterOf, *labels: str) -> Counter:
    """Return the counter of these values of its labels, in their declared order."""
    return _child(Counter, metric, labels)


def gauge(metric: GaugeOf, *labels: str) -> Gauge:
    return _child(Gauge, metric, labels)


def histogram(metric: HistogramOf, *labels: str) -> Histogram:
    return _child(partial(Histogram, buckets=metric.buckets), metric, labels)


class ByLabels(dict[tuple[str, ...], Made], Generic[Made]):
    """Makes the instrument of some values of its labels when it is first asked for.

    If all values are known it makes all at once: a counter that begins with 1 has no increase.
    """

    def __init__(self, make: Callable[..., Made], *values: Sequence[str]) -> None:
        super().__init__()
        self._make: Callable[..., Made] = make
        if all(values):
            for labels in product(*values):
                self[labels] = make(*labels)

    def __missing__(self, labels: tuple[str, ...]) -> Made:
        return self.setdefault(labels, self._make(*labels))


def counters(metric: CounterOf) -> ByLabels[Counter]:
    return ByLabels(partial(counter, metric), *(label.values for label in metric.labels))


def histograms(metric: HistogramOf) -> ByLabels[Histogram]:
    return ByLabels(partial(histogram, metric), *(label.values for label in metric.labels))


def counted(metric: CounterOf, work: Callable[[], int]) -> Callable[[], int]:
    """Return the work, with the number that it returns counted."""
    total = counter(metric)

    def run() -> int:
        done = work()
        total.inc(done)
        return done

    return run


def _child(make: Callable[..., Made], metric: Declared, labels: tuple[str, ...]) -> Made:
    with _making:
        if metric.name not in _made:
            _made[metric.name] = make(
                metric.name, metric.meaning, metric.label_names, registry=REGISTRY
            )
        made = cast(Made, _made[metric.name])
    return made.labels(*labels) if metric.labels else made
