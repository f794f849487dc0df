"""The alert rules ask for what is measured, and lead to what they mean."""

import re

import pytest

from tests.observability.expressions import FOLDER, asked, expressions, grouping, known, rules

OPERATIONS = FOLDER.parents[1] / "docs" / "operations.md"

ANCHORS = re.findall(r'^\| <a id="(\w+)"></a>`(\w+)`', OPERATIONS.read_text(), re.MULTILINE)
"""The anchor of each row of the table of alerts, and its alert."""

of_each_rule = pytest.mark.parametrize("name", list(rules()))


@pytest.mark.parametrize("expression", expressions())
def test_an_expression_asks_for_metrics_and_labels_that_exist(expression: str) -> None:
    metrics, of_all = known(), set[str]()
    for name, conditions in asked(expression):
        assert name in metrics
        of_all |= metrics[name].keys()
        for label, text in conditions:
            assert label in metrics[name], f"{name} has no label {label}"
            values = metrics[name][label]
            assert not values or text == "" or set(text.split("|")) <= set(values), (name, label)
    assert set(grouping(expression)) <= of_all


@of_each_rule
def test_an_alert_says_how_bad_it_is_and_in_a_sentence_what_is_wrong(name: str) -> None:
    rule = rules()[name]

    assert set(rule["labels"]) == {"severity"}
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert re.fullmatch(r"[A-Z{].*\.", rule["annotations"]["summary"])


@of_each_rule
def test_an_alert_leads_to_its_row_in_the_runbook(name: str) -> None:
    link = rules()[name]["annotations"]["runbook_url"]

    assert link == f"docs/operations.md#{name.lower()}"
    assert (name.lower(), name) in ANCHORS


def test_the_runbook_has_no_row_of_an_alert_that_is_gone() -> None:
    assert [name for _, name in ANCHORS] == list(rules())
