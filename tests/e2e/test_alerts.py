"""A Prometheus that scrapes the stack: what dashboards and alerts name is there, and moves."""

from collections.abc import Iterator
from itertools import chain

import pytest

from deploy.local.configuration.programs import Stack
from deploy.local.demo.shop import Customer
from libs.metrics.declared.kinds import CounterOf, HistogramOf
from tests.e2e.observing import unfinished
from tests.e2e.test_metrics import MOVED_BY_AN_ORDER, ONLY_SOMETIMES, targets_of
from tests.observability.expressions import expressions, names, shown
from tests.observability.prometheus import Prometheus, intervals_of, needs_prometheus
from tests.support.eventually import eventually

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300), needs_prometheus]

SOMETIMES_ABSENT = {"ALERTS", *(metric.name for metric in ONLY_SOMETIMES)}

COUNTED = {
    metric.name if isinstance(metric, CounterOf) else f"{metric.name}_count"
    for metric in MOVED_BY_AN_ORDER
    if isinstance(metric, CounterOf | HistogramOf)
}
"""What moves with an order and never goes back."""


@pytest.fixture(scope="module")
def prometheus(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """Yield one that has scraped every target once."""
    folder = tmp_path_factory.mktemp("observability") / "prometheus"
    prometheus = Prometheus(folder, stack.folders.prometheus_targets, intervals=intervals_of(2))
    prometheus.start()
    try:
        targets = set(targets_of(stack))
        eventually(lambda: answering(prometheus) == targets, within_s=30, every_s=1)
        yield prometheus
    finally:
        prometheus.stop()


def answering(prometheus: Prometheus) -> set[tuple[str, str]]:
    return {(of["service"], of["role"]) for of, _ in prometheus.values("up == 1")}


def sums(prometheus: Prometheus) -> dict[str, float]:
    """Return the sum of all series of each metric."""
    found = prometheus.values('sum by (__name__) ({job="shipyard"})')
    return {labels["__name__"]: value for labels, value in found}


def test_all_that_is_named_exists_and_moves_with_an_order_and_no_alert_fires(
    stack: Stack, customer: Customer, prometheus: Prometheus
) -> None:
    before = sums(prometheus)
    placed = customer.order_ships(3)
    customer.pay_all(placed)
    assert unfinished(stack, customer, placed) == []

    def has_all() -> bool:
        now = sums(prometheus)
        named = set(chain.from_iterable(map(names, expressions())))
        assert named - SOMETIMES_ABSENT - now.keys() == set()
        assert {each for each in COUNTED if now.get(each, 0) <= before.get(each, 0)} == set()
        assert [each for each in always_shown() if not prometheus.values(each)] == []
        return True

    eventually(has_all, within_s=60, every_s=2)
    assert [alert for alert in prometheus.alerts() if alert["state"] == "firing"] == []


def always_shown() -> list[str]:
    """Return what the dashboards show even when nothing moves; a time to empty needs a rate."""
    return [each for each in shown() if "> 0" not in each and not names(each) & SOMETIMES_ABSENT]
