import sys
from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from libs.lifecycle.cli import Role, service_cli

HEAVY = "xml.dom.minidom"
"""A module of the standard library that no code here needs."""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Result]:
    """Run the service with one argument."""
    monkeypatch.delitem(sys.modules, HEAVY, raising=False)
    roles: dict[str, Role | str] = {
        "light": "libs.clock:utc_now",
        "heavy": f"{HEAVY}:getDOMImplementation",
        "ours": lambda: None,
    }

    def result(argument: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["shop", argument])
        return CliRunner().invoke(service_cli("shop", roles), [argument])

    return result


def test_a_role_given_by_name_is_imported_only_when_it_is_run(run: Callable[[str], Result]) -> None:
    assert run("light").exit_code == 0
    assert HEAVY not in sys.modules


def test_every_role_is_listed(run: Callable[[str], Result]) -> None:
    assert all(role in run("--help").output for role in ("light", "heavy", "ours"))


def test_an_unknown_command_is_a_usage_error(run: Callable[[str], Result]) -> None:
    assert run("consmuer").exit_code == 2
