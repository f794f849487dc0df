"""All services have the same shape."""

import ast
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.architecture.roles import class_name, entry_points, settings_of
from tests.architecture.sources import SERVICES

READERS = {"start", "start_role", "from_environment", "dead_letter_cli"}
"""Functions that read the settings class passed to them."""


@pytest.mark.parametrize("service", SERVICES)
def test_each_role_reads_the_settings_of_its_name_and_no_others(service: str) -> None:
    expected = {role: {class_name(role)} for role in settings_of(service)}

    assert {role: _read(place) for role, place in entry_points(service).items()} == expected


@pytest.mark.parametrize("service", SERVICES)
def test_roles_and_commands_are_in_their_modules(service: str) -> None:
    places = {place.partition(":")[0] for place in entry_points(service).values()}

    assert {place.split(".")[2] for place in places} <= {"roles", "commands"}


def _read(place: str) -> set[str]:
    """Return what the module of a role, command or group hands to a reader of settings."""
    module, _, function = place.partition(":")
    spec = find_spec(module)
    assert spec
    assert spec.origin
    tree = ast.parse(Path(spec.origin).read_text())
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert function in names
    return {
        ast.unparse(node.args[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in READERS
    }
