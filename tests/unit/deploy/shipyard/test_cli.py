"""The command line as a whole: its commands, its exit codes."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from deploy.local.errors import NotRunning
from deploy.shipyard import cli as of_shipyard
from deploy.shipyard.__main__ import code_of, run
from deploy.shipyard.cli import COMMANDS, GROUPS, shipyard_cli
from deploy.shipyard.exits import Away, ExitCode, NeedsYes, NoStack, Refused
from deploy.shipyard.surroundings import FOLDER_VARIABLE
from libs.errors import AppError, NotFound


@pytest.fixture(autouse=True)
def _no_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Refused("no"), 1),
        (NotFound("no such order"), 1),
        (NeedsYes("this deletes"), 2),
        (Away("Redis", "refused"), 3),
        (NoStack(["KAFKA_BROKERS"]), 3),
        (NotRunning(), 3),
    ],
)
def test_each_kind_of_failure_has_its_exit_code(error: AppError, code: int) -> None:
    assert code_of(error) == code


def commands(cli: typer.Typer) -> list[tuple[str, ...]]:
    nested = [
        (group.name or "", command.name or (command.callback.__name__ if command.callback else ""))
        for group in cli.registered_groups
        if group.typer_instance
        for command in group.typer_instance.registered_commands
    ]
    return [*nested, *((each.name or "",) for each in cli.registered_commands)]


def test_every_command_shows_an_example_in_its_help() -> None:
    cli = shipyard_cli([])
    assert len(commands(cli)) >= len(COMMANDS) + len(GROUPS)

    without = [
        command
        for command in commands(cli)
        if "Example: shipyard" not in CliRunner().invoke(cli, [*command, "--help"]).output
    ]

    assert without == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["order", "list"],
        ["queues"],
        ["lag"],
        ["outbox"],
        ["deliveries", "list"],
        ["ps"],
        ["logs"],
        ["top"],
    ],
)
def test_without_a_stack_there_is_one_line_and_exit_code_3(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(arguments)

    said = capsys.readouterr()
    assert ended.value.code == ExitCode.AWAY
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert "make up" in said.err


@pytest.mark.parametrize("arguments", [["ps", "--json"], ["logs", "order", "-f"], ["doctor"]])
def test_where_the_code_of_the_local_stack_is_absent_its_commands_name_others(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_shipyard, "LOCAL_STACK", "deploy.local.absent")

    with pytest.raises(SystemExit) as ended:
        run(arguments)

    assert ended.value.code == ExitCode.AWAY
    assert "for containers use `" in capsys.readouterr().err
