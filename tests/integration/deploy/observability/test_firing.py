"""Each alert fires on its series, and none on those of a healthy system."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.observability.expressions import ALERTS, CONFIGURATION, rules
from tests.observability.prometheus import complaints, needs_prometheus

TABLE = yaml.safe_load(Path(__file__).with_name("cases.yml").read_text())

HEALTHY: Mapping[str, str] = TABLE["healthy"]

CASES: list[dict[str, Any]] = TABLE["cases"]

FIRING = 'count by (alertname) (ALERTS{alertstate="firing"})'


def fired(case: Mapping[str, Any]) -> list[str]:
    return [each["alert"] for each in case["fires"]]


def name_of(case: Mapping[str, Any]) -> str:
    return "+".join(fired(case)) or "nothing"


def run(folder: Path, series: Mapping[str, str], tests: Mapping[str, Any]) -> str:
    """Return what promtool complains of when it evaluates the rules over the series."""
    file = folder / "test.yml"
    given = [{"series": name, "values": values} for name, values in series.items()]
    test = {"interval": "15s", "input_series": given, **tests}
    content = {"rule_files": [str(ALERTS)], "evaluation_interval": "15s", "tests": [test]}
    file.write_text(yaml.safe_dump(content))
    return complaints("test", "rules", file)


def samples(expression: str, at: str, found: Mapping[str, int]) -> dict[str, Any]:
    expected = [{"labels": f'{{alertname="{name}"}}', "value": n} for name, n in found.items()]
    return {"expr": expression, "eval_time": at, "exp_samples": expected}


def told(fires: Mapping[str, Any], at: str) -> dict[str, Any]:
    """Return the alert as it is told, with its labels and texts."""
    rule = rules()[fires["alert"]]
    texts = {"summary": fires["says"], "runbook_url": rule["annotations"]["runbook_url"]}
    labels = {**rule["labels"], **fires.get("of", {})}
    alert = {"exp_labels": labels, "exp_annotations": texts}
    return {"eval_time": at, "alertname": fires["alert"], "exp_alerts": [alert]}


@needs_prometheus
def test_the_configuration_and_the_rules_are_valid() -> None:
    assert complaints("check", "config", CONFIGURATION) == ""


@needs_prometheus
def test_no_alert_fires_in_twenty_minutes_of_healthy_load(tmp_path: Path) -> None:
    expression = 'count by (alertname) (count_over_time(ALERTS{alertstate="firing"}[20m]))'

    assert run(tmp_path, HEALTHY, {"promql_expr_test": [samples(expression, "20m", {})]}) == ""


@needs_prometheus
@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_these_alerts_fire_and_no_other_and_say_what_is_wrong(
    case: dict[str, Any], tmp_path: Path
) -> None:
    at = case.get("at", "4m")
    tests = {
        "promql_expr_test": [
            samples(FIRING, "45s", {}),
            samples(FIRING, at, dict.fromkeys(fired(case), 1)),
        ],
        "alert_rule_test": [told(fires, at) for fires in case["fires"]],
    }

    assert run(tmp_path, {**HEALTHY, **case["series"]}, tests) == ""


def test_each_alert_has_a_case() -> None:
    assert {name for case in CASES for name in fired(case)} == set(rules())
