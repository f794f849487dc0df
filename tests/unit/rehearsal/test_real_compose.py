"""Whether Docker Compose reads the files as the rehearsal does, asked of a stand-in."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.rehearsal.containers import Container, read_containers
from tests.rehearsal.env_files import DeployCopy, deploy_copy
from tests.rehearsal.problem import Problem
from tests.rehearsal.real_compose import check_reading

STAND_IN = """\
#!/bin/bash
if [[ $1 == version ]]; then echo 9.9.9; else cat "${0%/*}/answer"; fi
"""


@pytest.fixture
def copy(tmp_path: Path) -> DeployCopy:
    copy = deploy_copy(tmp_path)
    copy.generate(SERVICES="inventory")
    return copy


@pytest.fixture
def containers(copy: DeployCopy) -> list[Container]:
    return read_containers("inventory", copy.rendered("inventory"))


@pytest.fixture
def theirs(containers: list[Container]) -> dict[str, Any]:
    """Say what Compose would print of the same reading."""
    return {
        each.name: {
            "environment": {
                key: value.replace("$", "$$") for key, value in each.environment.items()
            },
            "command": [word.replace("$", "$$") for word in each.command] or None,
            "healthcheck": each.service["healthcheck"],
            "depends_on": each.service.get("depends_on", {}),
        }
        for each in containers
    }


@pytest.fixture
def answer(copy: DeployCopy, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Name the file that the stand-in prints."""
    stand_in = copy.root / "compose"
    stand_in.write_text(STAND_IN)
    stand_in.chmod(0o700)
    monkeypatch.setenv("COMPOSE", str(stand_in))
    return copy.root / "answer"


def test_the_version_that_reads_the_same_is_named(
    copy: DeployCopy, containers: list[Container], theirs: dict[str, Any], answer: Path
) -> None:
    answer.write_text(json.dumps({"services": theirs}))

    assert check_reading(copy, containers) == "9.9.9"


def test_every_difference_is_named(
    copy: DeployCopy, containers: list[Container], theirs: dict[str, Any], answer: Path
) -> None:
    theirs["inventory-grpc"]["environment"].pop("MONGO_HOST")
    theirs["inventory-mongo"]["command"] = ["mongod"]
    theirs["other"] = theirs.pop("inventory-migrate")
    answer.write_text(json.dumps({"services": theirs}))

    with pytest.raises(Problem) as problem:
        check_reading(copy, containers)

    assert str(problem.value).splitlines()[1:] == [
        "inventory-migrate is in one reading only",
        "other is in one reading only",
        "inventory-mongo: command",
        "inventory-grpc: environment",
    ]


def test_a_machine_without_compose_has_no_say(
    copy: DeployCopy, containers: list[Container], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPOSE", "no-such-program")

    assert check_reading(copy, containers) is None
