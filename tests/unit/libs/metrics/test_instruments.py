from prometheus_client import Counter

from libs.metrics.declared.kinds import CounterOf, HistogramOf, Label
from libs.metrics.instruments import REGISTRY, counted, counter, counters, histogram

SOLD = CounterOf(
    name="shipyard_test_sold_total",
    unit="items",
    meaning="x.",
    labels=(Label("size", ("small", "large")), Label("gift", ("yes", "no"))),
)

ASKED = CounterOf(
    name="shipyard_test_asked_total", unit="items", meaning="x.", labels=(Label("name", about="x"),)
)

DONE = CounterOf(name="shipyard_test_done_total", unit="items", meaning="x.")

WAITED = HistogramOf(
    name="shipyard_test_waited_seconds", unit="seconds", meaning="x.", buckets=(1.0, 2.0)
)


def value(name: str, /, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


def test_a_counter_of_known_values_begins_with_0() -> None:
    counters(SOLD)

    assert value(SOLD.name, size="small", gift="yes") == 0
    assert value(SOLD.name, size="large", gift="no") == 0


def test_a_counter_of_other_values_is_made_when_it_is_asked_for() -> None:
    by_name = counters(ASKED)
    before = value(ASKED.name, name="left")
    by_name[("left",)].inc()

    assert (before, value(ASKED.name, name="left")) == (None, 1)


def test_objects_that_ask_for_the_same_counter_count_together() -> None:
    first: Counter = counter(DONE)
    first.inc()
    counter(DONE).inc()

    assert value(DONE.name) == 2


def test_what_a_work_returns_is_counted() -> None:
    work = counted(DONE, lambda: 5)
    before = value(DONE.name) or 0

    assert work() == 5
    assert (value(DONE.name) or 0) - before == 5


def test_a_histogram_has_the_declared_buckets() -> None:
    histogram(WAITED).observe(1.5)

    assert value(f"{WAITED.name}_bucket", le="1.0") == 0
    assert value(f"{WAITED.name}_bucket", le="2.0") == 1
