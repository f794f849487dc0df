"""The configuration as supervisor reads it."""

from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest
from supervisor.options import ServerOptions  # type: ignore[import-untyped]  # has no types

from deploy.local.configuration.folders import Folders
from deploy.local.supervision.program import Program
from deploy.local.supervision.supervisor_conf import supervisor_configuration
from tests.unit.deploy.builders import PASSWORDS, a_stack


def understood(programs: list[Program], local: Path) -> dict[str, Any]:
    folders = Folders(local)
    folders.make()
    text = supervisor_configuration(
        programs, folders=folders, supervisor_port=19001, password=PASSWORDS.supervisor
    )
    folders.supervisor_configuration.write_text(text)
    options = ServerOptions()
    options.realize(args=["-c", str(folders.supervisor_configuration)])
    return {
        each.name: each for group in options.process_group_configs for each in group.process_configs
    }


def test_every_program_is_known_to_supervisor(tmp_path: Path) -> None:
    programs = a_stack(tmp_path).programs()

    assert understood(programs, tmp_path).keys() == {program.name for program in programs}


@pytest.mark.parametrize("text", ["plain", "100%", "with space", "a,b", 'quo"te'])
def test_a_value_reaches_its_process_as_it_is(tmp_path: Path, text: str) -> None:
    program = Program(group="g", name="p", argv=("echo", text), environment={"NAME": text})

    configured = understood([program], tmp_path)["p"]

    assert configured.environment == {"NAME": text}


def test_an_argument_with_spaces_and_percents_stays_one(tmp_path: Path) -> None:
    program = Program(group="g", name="p", argv=("java", "-cp", "/my jars/100%/*"))

    configured = understood([program], tmp_path)["p"]

    assert configured.command.endswith(" java -cp '/my jars/100%/*'")


def test_a_role_is_restarted_unless_its_configuration_is_bad_and_a_one_shot_that_is_done(
    tmp_path: Path,
) -> None:
    programs = understood(a_stack(tmp_path).programs(), tmp_path)

    role = programs["order-http"]
    assert (role.exitcodes, role.startsecs, role.stopwaitsecs) == ([78], 0, 15)
    assert programs["order-migrate"].exitcodes == [0, 78]


def test_no_password_is_on_a_command_line(tmp_path: Path) -> None:
    words = [word for program in a_stack(tmp_path).programs() for word in program.argv]

    assert [word for word in words if any(secret in word for secret in astuple(PASSWORDS))] == []
