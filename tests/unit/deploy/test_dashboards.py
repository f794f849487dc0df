"""The dashboards are such that Grafana reads them, and whoever looks understands them."""

from collections import Counter
from itertools import chain
from typing import Any

import pytest
import yaml

from libs.metrics.declared.every import EVERY
from tests.observability.expressions import FOLDER, dashboards, expressions, names, panels

of_each_dashboard = pytest.mark.parametrize("name", list(dashboards()))

READ_BY_GRAFANA_12 = 41
"""Version of the form that Grafana 12 writes."""

COLUMNS = 24


def source() -> dict[str, Any]:
    """Return the data source that Compose's Grafana has."""
    text = (FOLDER / "grafana" / "datasources" / "prometheus.yml").read_text()
    (only,) = yaml.safe_load(text)["datasources"]
    return {"type": only["type"], "uid": only["uid"]}


def cells(panel: dict[str, Any]) -> set[tuple[int, int]]:
    """Return the places that a panel takes."""
    at = panel["gridPos"]
    rows, columns = range(at["y"], at["y"] + at["h"]), range(at["x"], at["x"] + at["w"])
    return {(row, column) for row in rows for column in columns}


def test_there_are_an_overview_and_one_for_the_bridge_and_for_the_notifications() -> None:
    found = dashboards()

    assert set(found) == {"overview", "bridge", "notification"}
    assert {each["uid"] for each in found.values()} == {f"shipyard-{name}" for name in found}


@of_each_dashboard
def test_grafana_reads_a_dashboard(name: str) -> None:
    dashboard = dashboards()[name]

    assert dashboard["schemaVersion"] == READ_BY_GRAFANA_12
    assert dashboard["title"].startswith("Shipyard: ")
    assert "id" not in dashboard
    ids = Counter(panel["id"] for panel in dashboard["panels"])
    assert {each for each, times in ids.items() if times > 1} == set()


@of_each_dashboard
def test_no_panel_covers_another_or_leaves_the_page(name: str) -> None:
    taken = Counter(cell for panel in dashboards()[name]["panels"] for cell in cells(panel))

    assert max(taken.values()) == 1
    assert {column for _, column in taken} <= set(range(COLUMNS))


@of_each_dashboard
def test_a_panel_says_what_it_shows_and_in_which_unit(name: str) -> None:
    for panel in panels(dashboards()[name]):
        assert panel["title"]
        assert panel["description"].endswith(".")
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["datasource"] == source()
        lines = panel["targets"]
        assert len({each["refId"] for each in lines}) == len(lines) > 0
        assert panel["type"] == "table" or all(each["legendFormat"] for each in lines)


def test_each_declared_metric_is_on_a_dashboard_or_in_an_alert() -> None:
    read = set(chain.from_iterable(map(names, expressions())))

    for metric in chain.from_iterable(EVERY.values()):
        assert any(name.startswith(metric.name) for name in read), metric.name


def test_grafana_finds_the_dashboards_where_the_folder_is_mounted() -> None:
    text = (FOLDER / "grafana" / "dashboards" / "shipyard.yml").read_text()
    (provider,) = yaml.safe_load(text)["providers"]

    assert provider["options"]["path"] == "/etc/shipyard/dashboards"
