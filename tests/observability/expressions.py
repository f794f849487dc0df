"""Reads the alert rules and the dashboards, and what their expressions ask for."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import promql_parser as promql
import yaml

from libs.metrics.declared.every import EVERY
from libs.metrics.declared.kinds import HistogramOf

FOLDER = Path(__file__).parents[2] / "deploy" / "observability"

CONFIGURATION = FOLDER / "prometheus.yml"

ALERTS = FOLDER / "alerts.yml"

DASHBOARDS = FOLDER / "dashboards"

Labels = Mapping[str, Sequence[str]]

OF_OTHERS: Mapping[str, Sequence[str]] = {
    "ALERTS": ("alertname", "alertstate", "severity"),
    "up": (),
    "process_start_time_seconds": (),
    "process_resident_memory_bytes": (),
    "process_cpu_seconds_total": (),
    "process_open_fds": (),
    "process_max_fds": (),
    "flower_worker_online": ("worker",),
    "flower_worker_number_of_currently_executing_tasks": ("worker",),
    "flower_task_runtime_seconds_bucket": ("worker", "task", "le"),
    "flower_events_total": ("worker", "type", "task"),
}
"""What Prometheus, its client and Flower name, and their labels."""


def known() -> Mapping[str, Labels]:
    """Return all metrics, with their labels and the values of these; none if any are allowed."""
    of_target: Labels = {"service": (), "role": ()}
    found: dict[str, Labels] = {
        name: {**dict.fromkeys(of, ()), **of_target} for name, of in OF_OTHERS.items()
    }
    for metric in chain.from_iterable(EVERY.values()):
        labels = {**{label.name: label.values for label in metric.labels}, **of_target}
        if isinstance(metric, HistogramOf):
            found[f"{metric.name}_bucket"] = {**labels, "le": tuple(map(str, metric.buckets))}
            found[f"{metric.name}_count"] = found[f"{metric.name}_sum"] = labels
        else:
            found[metric.name] = labels
    return found


class Asked(NamedTuple):
    """What one selector asks Prometheus for."""

    name: str
    conditions: tuple[tuple[str, str], ...]
    """Labels, and the texts that they shall be or match."""


def rules() -> Mapping[str, dict[str, Any]]:
    """Return each rule by the name of its alert."""
    groups = yaml.safe_load(ALERTS.read_text())["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def dashboards() -> Mapping[str, dict[str, Any]]:
    return {path.stem: json.loads(path.read_text()) for path in sorted(DASHBOARDS.glob("*.json"))}


def panels(dashboard: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return those that show something, the headings of rows aside."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def shown() -> list[str]:
    """Return every expression of the dashboards, as Grafana asks for it."""
    each_panel = (panel for dashboard in dashboards().values() for panel in panels(dashboard))
    targets = chain.from_iterable(panel["targets"] for panel in each_panel)
    return [target["expr"].replace("$__rate_interval", "1m") for target in targets]


def expressions() -> list[str]:
    """Return every expression of the rules and of the dashboards."""
    return [*(rule["expr"] for rule in rules().values()), *shown()]


def nodes(expression: str) -> list[promql.Expr]:
    """Return all parts of the expression. Raises ValueError if it is none."""
    found: list[promql.Expr] = []
    promql.walk(promql.parse(expression), found.append)
    return found


def asked(expression: str) -> Iterator[Asked]:
    for node in nodes(expression):
        if isinstance(node, promql.VectorSelector):
            conditions = ((each.name, each.value) for each in node.matchers.matchers)
            yield Asked(str(node.name), tuple(conditions))


def names(expression: str) -> set[str]:
    return {each.name for each in asked(expression)}


def grouping(expression: str) -> Iterator[str]:
    """Yield the labels by which the expression groups and matches."""
    for node in nodes(expression):
        if isinstance(node, promql.AggregateExpr) and node.modifier:
            yield from node.modifier.labels
        if isinstance(node, promql.BinaryExpr) and node.modifier:
            yield from node.modifier.matching.labels if node.modifier.matching else ()
            yield from node.modifier.group_labels or ()
