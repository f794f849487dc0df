"""A Prometheus beside the drill's stack, with the rules and the intervals of the deployed one."""

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.chaos.stack import ChaosStack
from tests.drill.looking import Active, Alert, Alerts
from tests.observability.prometheus import DEPLOYED_INTERVALS, PROGRAMS, Prometheus

Target = Mapping[str, Any]
"""An entry of a file that Prometheus reads: addresses and labels."""

OF_EVERY_ALERT = frozenset({"alertname", "severity", "instance", "job"})

MISSING = "ALERTS=1 needs prometheus in PATH: apt-get install prometheus"


def is_installed() -> bool:
    return PROGRAMS["prometheus"] is not None


@contextmanager
def monitored(chaos: ChaosStack) -> Iterator[Prometheus]:
    """Scrape every role of the stack."""
    folder = chaos.stack.folders.local
    prometheus = Prometheus(folder / "prometheus", _targets(chaos), intervals=DEPLOYED_INTERVALS)
    prometheus.start()
    try:
        yield prometheus
    finally:
        prometheus.stop()


def alerts_of(listed: Iterable[Mapping[str, Any]]) -> Alerts:
    """Return the alerts that Prometheus lists: they fire or are pending."""
    found = {}
    for each in listed:
        labels = each["labels"].items()
        alert = Alert.of(
            each["labels"]["alertname"],
            **{name: value for name, value in labels if name not in OF_EVERY_ALERT},
        )
        found[alert] = Active(each["state"] == "firing", each["annotations"]["summary"])
    return found


def started_ones(targets: Iterable[Target], programs: Container[str]) -> list[Target]:
    """Return the targets that run; a stack of its own has no Flower."""
    return [
        each
        for each in targets
        if f"{each['labels']['service']}-{each['labels']['role']}" in programs
    ]


def _targets(chaos: ChaosStack) -> Path:
    folders = chaos.stack.folders
    listed = json.loads(folders.prometheus_targets.read_text(encoding="utf-8"))
    file = folders.local / "drill-targets.json"
    file.write_text(json.dumps(started_ones(listed, {each.name for each in chaos.programs})))
    return file
