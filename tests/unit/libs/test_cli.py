import sys

import pytest
from typer.testing import CliRunner

from libs.lifecycle.cli import Role, service_cli

HEAVY = "xml.dom.minidom"
"""A module of the standard library that no code here needs."""


def test_a_role_given_by_name_is_imported_only_when_it_is_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, HEAVY, raising=False)
    roles = {"light": "libs.clock:utc_now", "heavy": f"{HEAVY}:getDOMImplementation"}
    monkeypatch.setattr(sys, "argv", ["shop", "light"])

    result = CliRunner().invoke(service_cli("shop", roles), ["light"])

    assert result.exit_code == 0
    assert HEAVY not in sys.modules


def test_every_role_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["shop", "--help"])
    roles: dict[str, Role | str] = {"consumer": "libs.clock:utc_now", "worker": lambda: None}

    listed = CliRunner().invoke(service_cli("shop", roles), ["--help"]).output

    assert "consumer" in listed
    assert "worker" in listed


def test_an_unknown_command_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["shop", "consmuer"])

    result = CliRunner().invoke(
        service_cli("shop", {"consumer": "libs.clock:utc_now"}), ["consmuer"]
    )

    assert result.exit_code == 2
