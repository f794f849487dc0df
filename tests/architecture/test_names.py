"""A name that two sides must spell alike is written in one place."""

import ast
import re
from collections import Counter

from libs.contracts.events.declared import EVENTS
from tests.architecture.sources import ROOT, SERVICES, python_files

TASK_NAME = re.compile(r"(orders|assembly|notification)\.[a-z_]+")
OTHER_IDS = re.compile(r"\b(order|user|transaction)_id\b")

OF_A_SERVICE = re.compile(
    r"assembly|notification|inventory|payment|order_service|order_(paid|assembled)"
    r"|\borders?\.[a-z_]|OrderPaid|ShipAssembled",
    re.IGNORECASE,
)
"""Words that only a service, or what the services share, may use."""


def _strings_of_services() -> Counter[str]:
    """Count the string literals of the services' code; docstrings are not among them."""
    return Counter(
        node.value
        for path in python_files()
        if path.relative_to(ROOT).parts[0] in SERVICES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def test_every_task_is_named_in_one_place() -> None:
    named = {text: n for text, n in _strings_of_services().items() if TASK_NAME.fullmatch(text)}

    assert named
    assert {name for name, times in named.items() if times > 1} == set()


def test_topics_are_named_in_settings_only() -> None:
    """A service spells a topic's name only where it is the seed of an event's id."""
    strings = _strings_of_services()

    assert {event.topic: strings[event.topic] for event in EVENTS} == {
        event.topic: 1 for event in EVENTS
    }


def test_one_grep_by_order_uuid_finds_every_line_of_an_order() -> None:
    ours = [path for path in python_files() if path.relative_to(ROOT).parts[0] != "tests"]

    assert [path for path in ours if OTHER_IDS.search(path.read_text())] == []


def test_libs_name_no_service_topic_or_queue_outside_of_the_contracts() -> None:
    libs = ROOT / "libs"
    files = [
        path
        for path in sorted(libs.rglob("*"))
        if path.suffix in {".py", ".md"} and "contracts" not in path.relative_to(libs).parts
    ]

    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in files
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if OF_A_SERVICE.search(line)
    ]

    assert files
    assert found == []
