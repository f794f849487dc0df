"""Gauges of what a store holds, read when they are scraped."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from threading import Lock, Thread
from typing import NamedTuple

import structlog
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from libs.errors import Unavailable
from libs.metrics.declared.kinds import GaugeOf
from libs.metrics.declared.process import STORE_LOOK, STORE_UP
from libs.metrics.instruments import REGISTRY
from libs.resilience.monotonic import MonotonicClock

FRESH_S = 10.0
"""Seconds for which all scrapes share one look: several Prometheus servers cost what one does."""

ANSWER_S = 2.0
"""Seconds that a scrape waits for the looks that it began, all together."""

VALID_S = 60.0
"""Seconds after which the last answered look counts no more."""

log = structlog.get_logger(__name__)


class Sample(NamedTuple):
    metric: GaugeOf
    value: float
    labels: Sequence[str] = ()


Look = Callable[[], Iterable[Sample]]
"""Reads one store, in a thread of its own. Raises Unavailable."""


def together(*looks: Look) -> Look:
    """Make several looks at one store a single one."""
    return lambda: chain.from_iterable(look() for look in looks)


class Store:
    """The last look into one store. A look that hangs is waited for; there is never a second."""

    def __init__(self, look: Look, monotonic: MonotonicClock) -> None:
        self._look = look
        self._monotonic = monotonic
        self._lock = Lock()
        self._looking: Thread | None = None
        self._began_s = float("-inf")
        self._answered_s = float("-inf")
        self._samples: Sequence[Sample] = ()
        self.took_s = 0.0

    def look_again(self) -> None:
        """Begin a look, unless the last one is fresh or still goes on."""
        with self._lock:
            goes_on = self._looking is not None and self._looking.is_alive()
            if goes_on or self._monotonic() - self._began_s < FRESH_S:
                return
            self._began_s = self._monotonic()
            self._looking = Thread(target=self._run, name="look-into-store", daemon=True)
            self._looking.start()

    def wait(self, until_s: float) -> None:
        looking = self._looking
        if looking is not None:
            looking.join(max(0.0, until_s - self._monotonic()))

    @property
    def samples(self) -> Sequence[Sample] | None:
        """What the last look found; None if it failed or is too old."""
        is_valid = self._monotonic() - self._answered_s < VALID_S
        return self._samples if is_valid else None

    def _run(self) -> None:
        try:
            self._samples = tuple(self._look())
        except Unavailable:
            self._answered_s = float("-inf")
        except Exception:
            log.exception("metrics_not_read")
            self._answered_s = float("-inf")
        else:
            self._answered_s = self._monotonic()
            self.took_s = self._answered_s - self._began_s


class StoreGauges(Collector):
    """Looks into each store when it is scraped; one that is away holds up no scrape for long.

    While a store is away its gauges are absent, and its STORE_UP is 0.
    """

    def __init__(
        self,
        looks: Mapping[str, Look],
        *,
        answer_s: float = ANSWER_S,
        monotonic: MonotonicClock = time.monotonic,
    ) -> None:
        self._answer_s = answer_s
        self._monotonic = monotonic
        self._stores = {name: Store(look, monotonic) for name, look in looks.items()}

    def collect(self) -> Iterable[GaugeMetricFamily]:
        for store in self._stores.values():
            store.look_again()
        until_s = self._monotonic() + self._answer_s
        for store in self._stores.values():
            store.wait(until_s)
        return _families(sample for name in self._stores for sample in self._of(name))

    def _of(self, name: str) -> Iterable[Sample]:
        found = self._stores[name].samples
        yield Sample(STORE_UP, float(found is not None), (name,))
        if found is not None:
            yield Sample(STORE_LOOK, self._stores[name].took_s, (name,))
            yield from found


def register_stores(looks: Mapping[str, Look], *, metrics_port: int | None) -> None:
    """Add the gauges of these stores to what the process serves, if it serves anything."""
    if metrics_port is not None:
        REGISTRY.register(StoreGauges(looks))


def _families(samples: Iterable[Sample]) -> Iterable[GaugeMetricFamily]:
    families: dict[str, GaugeMetricFamily] = {}
    for metric, value, labels in samples:
        if metric.name not in families:
            families[metric.name] = GaugeMetricFamily(
                metric.name, metric.meaning, labels=metric.label_names
            )
        families[metric.name].add_metric(labels, value)
    return families.values()
