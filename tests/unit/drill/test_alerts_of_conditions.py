"""Each condition has alerts that exist, and the runbook says which is its best name."""

import re
from pathlib import Path

import pytest

from tests.drill.conditions import CONDITIONS, Condition
from tests.observability.expressions import rules

OPERATIONS = Path(__file__).parents[3] / "docs" / "operations.md"

ROWS = dict(
    re.findall(r"^\| `([\w-]+)` \| .+? \| \[`(\w+)`\]", OPERATIONS.read_text(), re.MULTILINE)
)
"""The condition of each row of the drill's table, and its alert."""

of_each_condition = pytest.mark.parametrize("condition", CONDITIONS, ids=lambda each: each.name)


@of_each_condition
def test_the_alerts_of_a_condition_are_rules(condition: Condition) -> None:
    assert condition.alerts
    assert {each.name for each in condition.alerts} <= set(rules())


def test_the_runbook_names_the_best_alert_of_each_condition() -> None:
    assert {each.name: each.alerts[0].name for each in CONDITIONS} == ROWS


def test_no_two_conditions_have_the_same_best_alert() -> None:
    assert len({each.alerts[0] for each in CONDITIONS}) == len(CONDITIONS)
