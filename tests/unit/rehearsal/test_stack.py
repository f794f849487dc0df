"""How exits of containers are judged."""

import json

from tests.rehearsal.stack import disorder


def seen(name: str, **told: str) -> str:
    return json.dumps({"Actor": {"Attributes": {"name": name, **told}}}) + "\n"


def test_a_role_that_is_stopped_and_exits_with_0_passes() -> None:
    assert list(disorder(seen("order-http", signal="15") + seen("order-http", exitCode="0"))) == []


def test_a_role_that_ends_with_another_code_is_named() -> None:
    assert list(disorder(seen("order-http", exitCode="143"))) == ["order-http ended with 143"]


def test_java_may_exit_by_a_signal() -> None:
    assert list(disorder(seen("kafka", exitCode="143"))) == []


def test_a_container_that_had_to_be_killed_is_named() -> None:
    (wrong, _) = disorder(seen("kafka", signal="9") + seen("kafka", exitCode="137"))

    assert wrong == "kafka had to be killed after its grace period"


def test_a_stop_without_an_exit_fails() -> None:
    assert list(disorder("")) == ["no container stopped"]
