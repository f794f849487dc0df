"""What Docker Compose is asked to do, by a stand-in that writes it down."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from tests.rehearsal.compose_files import PROJECTS, project
from tests.rehearsal.env_files import DeployCopy

STAND_IN = """\
#!/bin/bash
printf '%s\\n' "$*" >>"${0%/*}/calls"
env >>"${0%/*}/seen"
[[ " $* " != *" ${FAILING:-nothing} "* ]]
"""


@dataclass(frozen=True)
class Compose:
    copy: DeployCopy

    def make(self, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        return self.copy.run("make", *words, COMPOSE=str(self.copy.root / "compose"), **environment)

    @property
    def calls(self) -> list[str]:
        """Each without the name of a file's folder."""
        lines = (self.copy.root / "calls").read_text().splitlines()
        return [line.replace(f"{self.copy.root}/deploy/compose/", "") for line in lines]

    @property
    def seen(self) -> Mapping[str, str]:
        """The environment that it was given."""
        lines = (self.copy.root / "seen").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)


@pytest.fixture
def compose(copy: DeployCopy) -> Compose:
    stand_in = copy.root / "compose"
    stand_in.write_text(STAND_IN)
    stand_in.chmod(0o700)
    return Compose(copy)


def test_a_service_is_built_then_migrated_and_only_then_replaced(compose: Compose) -> None:
    done = compose.make("compose-up-order")

    assert done.returncode == 0, done.stderr
    assert compose.calls == [
        "--file order/docker-compose.yml build",
        "--file order/docker-compose.yml run --rm -T order-migrate",
        "--file order/docker-compose.yml up --detach",
    ]


@pytest.mark.parametrize("failing", ["build", "run"])
def test_a_build_or_a_migration_that_fails_leaves_the_roles_as_they_are(
    compose: Compose, failing: str
) -> None:
    done = compose.make("compose-up-order", FAILING=failing)

    assert done.returncode != 0
    assert compose.calls[-1].split()[2] == failing


@pytest.mark.parametrize("name", PROJECTS)
def test_a_project_is_migrated_if_it_has_a_migration(
    compose: Compose, environments: Mapping[str, Mapping[str, str]], name: str
) -> None:
    compose.make(f"compose-up-{name}")

    has_one = f"{name}-migrate" in project(name, environments[name])["services"]
    assert any("-migrate" in call for call in compose.calls) is has_one


def test_all_are_started_with_core_first_and_stopped_with_core_last(compose: Compose) -> None:
    compose.make("compose-up")
    compose.make("compose-down")

    started = [call.split("/")[0].split()[1] for call in compose.calls if "up --detach" in call]
    stopped = [call.split("/")[0].split()[1] for call in compose.calls if call.endswith(" down")]
    assert set(started) == set(PROJECTS)
    assert started[0] == "core"
    assert stopped == started[::-1]


def test_what_the_caller_exports_for_the_local_stack_stays_outside(compose: Compose) -> None:
    exported = {"HTTP_PORT": "1", "POSTGRES_PORT": "2", "LOGGER_LEVEL": "debug"}
    about_files = {"COMPOSE_PROJECT_NAME": "mine", "COMPOSE_ENV_FILES": "mine.env"}

    compose.make("compose-up-order", "POSTGRES_DB=mine", **exported, **about_files)

    given = {*exported, *about_files, "COMPOSE_DISABLE_ENV_FILE", "POSTGRES_DB"}
    assert given & compose.seen.keys() == set()


def test_what_docker_needs_of_the_caller_gets_there(compose: Compose) -> None:
    compose.make("compose-up-order", DOCKER_HOST="ssh://elsewhere", HOME="/home/me")

    assert compose.seen["DOCKER_HOST"] == "ssh://elsewhere"
    assert compose.seen["HOME"] == "/home/me"
    assert compose.seen["PATH"] == os.environ["PATH"]


def test_the_operators_own_file_is_read_after_the_projects(compose: Compose) -> None:
    own = compose.copy.root / "deploy" / "compose" / "payment" / "docker-compose.override.yml"
    own.write_text("services: {}\n")

    compose.make("compose-up-payment")

    both = "--file payment/docker-compose.yml --file payment/docker-compose.override.yml"
    assert compose.calls == [f"{both} build", f"{both} up --detach"]


@pytest.mark.parametrize("words", [(), ("order",), ("shop", "up")])
def test_a_call_that_names_no_project_or_no_command_is_refused(
    compose: Compose, words: tuple[str, ...]
) -> None:
    done = compose.copy.run("deploy/compose/compose.sh", *words)

    assert done.returncode != 0
    assert done.stderr
