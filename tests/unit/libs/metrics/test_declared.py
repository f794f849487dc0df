"""The list of metrics keeps the conventions of Prometheus."""

import re
from collections import Counter

import pytest

from libs.metrics.declared.every import EVERY
from libs.metrics.declared.kinds import CounterOf, Declared, HistogramOf

METRICS = [metric for page in EVERY.values() for metric in page]

OF_NO_METRIC = re.compile(r"_(bucket|count|sum|created|info|counter|gauge|histogram)(_|$)")
"""Suffixes that Prometheus adds itself, and names of types."""

OTHER_UNITS = re.compile(r"_(ms|milliseconds|minutes|hours|kb|mb|kib|mib|percent)(_|$)")

OF_EACH_TARGET = {"job", "instance", "service", "role", "le", "quantile"}
"""Labels that Prometheus sets itself."""

UNBOUNDED = re.compile(r"uuid|_id$|error|message|url|address|path|user|chat")


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_name_follows_the_conventions(metric: Declared) -> None:
    assert re.fullmatch(r"shipyard(_[a-z]+)+", metric.name)
    assert not OF_NO_METRIC.search(metric.name)
    assert not OTHER_UNITS.search(metric.name)
    assert metric.name.endswith("_total") == isinstance(metric, CounterOf)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_time_is_in_seconds_and_says_so(metric: Declared) -> None:
    assert ("_seconds" in metric.name) == (metric.unit == "seconds")


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_each_metric_means_one_sentence(metric: Declared) -> None:
    assert metric.meaning.endswith(".")
    assert "\n" not in metric.meaning


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_label_is_bounded_and_says_by_what(metric: Declared) -> None:
    for label in metric.labels:
        assert label.says
        assert label.name not in OF_EACH_TARGET
        assert not UNBOUNDED.search(label.name)
        assert len(set(label.values)) == len(label.values)


def test_the_buckets_of_a_histogram_rise() -> None:
    for metric in METRICS:
        if isinstance(metric, HistogramOf):
            assert list(metric.buckets) == sorted(set(metric.buckets))


def test_each_metric_is_declared_once() -> None:
    assert {name: n for name, n in Counter(each.name for each in METRICS).items() if n > 1} == {}
