"""The calls of Docker, recorded by a stand-in."""

import os
import subprocess
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.compose.env_files import DeployCopy
from tests.compose.projects import PROJECTS, Project

STAND_IN = """\
#!/bin/bash
printf '%s\\n' "$*" >>"${0%/*}/calls"
env >"${0%/*}/seen-by-$1"
[[ " $* " != *" ${FAILING:-nothing} "* ]]
"""

COMMIT = """\
git init --quiet
git config user.name me
git config user.email me@example
git add --all
git commit --quiet --message first
git tag --annotate --message second v9
"""


@dataclass(frozen=True)
class Docker:
    """A copy of the deploy folder whose PATH has the stand-in first."""

    copy: DeployCopy

    @property
    def folder(self) -> Path:
        return self.copy.root / "stand-in"

    @property
    def path(self) -> str:
        return f"{self.folder}:{os.environ['PATH']}"

    def run(self, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        # A parent folder of the copy may be a checkout.
        ceiling = str(self.copy.root.parent)
        return self.copy.run(*words, PATH=self.path, GIT_CEILING_DIRECTORIES=ceiling, **environment)

    def build(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return self.run("deploy/docker/build.sh", *words)

    @property
    def calls(self) -> list[str]:
        """The calls without folder names."""
        if not (self.folder / "calls").exists():
            return []
        lines = (self.folder / "calls").read_text().splitlines()
        return [line.replace(f"{self.copy.root}/deploy/compose/", "") for line in lines]

    @property
    def compose_calls(self) -> list[str]:
        return [call for call in self.calls if call.startswith("compose ")]

    def seen_by(self, command: str) -> Mapping[str, str]:
        """Return the environment of `docker build` or `docker compose`."""
        lines = (self.folder / f"seen-by-{command}").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)


@pytest.fixture
def docker(copy: DeployCopy) -> Docker:
    docker = Docker(copy)
    docker.folder.mkdir()
    stand_in = docker.folder / "docker"
    stand_in.write_text(STAND_IN)
    stand_in.chmod(0o700)
    return docker


@pytest.fixture
def commit(docker: Docker) -> str:
    """Turn the copy into a clone; return its commit."""
    done = docker.run("bash", "-ec", f"{COMMIT}git rev-parse HEAD")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def build_call(root: Path, project: str, target: str, revision: str = "unknown") -> str:
    """Return how the image of a project is built."""
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    return (
        f"build --file {root}/deploy/docker/service.Dockerfile --target {target}"
        f" --build-arg SERVICE={project}"
        f" --label org.opencontainers.image.version={version}"
        f" --label org.opencontainers.image.revision={revision}"
        f" --tag shipyard-{project}:local {root}"
    )


def test_a_service_is_built_then_migrated_and_only_then_replaced(docker: Docker) -> None:
    done = docker.run("make", "compose-up-order")

    assert done.returncode == 0, done.stderr
    assert docker.calls == [
        build_call(docker.copy.root, "order", "service"),
        "compose --file order/docker-compose.yml run --rm -T order-migrate",
        "compose --file order/docker-compose.yml up --detach",
    ]


def test_the_operator_is_started_and_then_gets_its_users(docker: Docker) -> None:
    done = docker.run("make", "compose-up-operator")

    assert done.returncode == 0, done.stderr
    *_, started = docker.compose_calls
    users = docker.calls[docker.calls.index(started) + 1 :]
    assert started == "compose --file operator/docker-compose.yml up --detach"
    assert [call.split(" sh -c ")[0] for call in users] == [
        "exec order-postgres true",
        "exec operator printenv ORDER_POSTGRES_PASSWORD",
        "exec --interactive --env PASSWORD order-postgres",
        "exec notification-postgres true",
        "exec operator printenv NOTIFICATION_POSTGRES_PASSWORD",
        "exec --interactive --env PASSWORD notification-postgres",
    ]


def test_an_operator_without_a_database_is_told_what_to_start(docker: Docker) -> None:
    done = docker.run("make", "compose-up-operator", FAILING="notification-postgres")

    assert done.returncode != 0
    assert "make compose-up-notification" in done.stderr


@pytest.mark.parametrize(("failing", "place"), [("build", 0), ("run", 3)])
def test_a_build_or_a_migration_that_fails_leaves_the_roles_as_they_are(
    docker: Docker, failing: str, place: int
) -> None:
    done = docker.run("make", "compose-up-order", FAILING=failing)

    assert done.returncode != 0
    assert docker.calls[-1].split()[place] == failing


@pytest.mark.parametrize("name", PROJECTS)
def test_a_project_is_migrated_if_it_has_a_migration(
    docker: Docker, projects: Mapping[str, Project], name: str
) -> None:
    docker.run("make", f"compose-up-{name}")

    has_one = f"{name}-migrate" in projects[name]["services"]
    assert any("-migrate" in call for call in docker.compose_calls) is has_one


def test_all_are_started_with_core_first_and_stopped_with_core_last(docker: Docker) -> None:
    docker.run("make", "compose-up")
    docker.run("make", "compose-down")

    calls = docker.compose_calls
    started = [call.split("/")[0].split()[2] for call in calls if "up --detach" in call]
    stopped = [call.split("/")[0].split()[2] for call in calls if call.endswith(" down")]
    assert set(started) == set(PROJECTS)
    assert started[0] == "core"
    assert stopped == started[::-1]


def test_exports_for_the_local_stack_are_not_passed_on(docker: Docker) -> None:
    exported = {"HTTP_PORT": "1", "POSTGRES_PORT": "2", "LOGGER_LEVEL": "debug"}
    about_files = {"COMPOSE_PROJECT_NAME": "mine", "COMPOSE_ENV_FILES": "mine.env"}

    docker.run("make", "compose-up-order", "POSTGRES_DB=mine", **exported, **about_files)

    given = {*exported, *about_files, "COMPOSE_DISABLE_ENV_FILE", "POSTGRES_DB"}
    assert given & docker.seen_by("compose").keys() == set()


@pytest.mark.parametrize("command", ["build", "compose"])
def test_variables_that_docker_needs_are_passed_on(docker: Docker, command: str) -> None:
    docker.run("make", "compose-up-order", DOCKER_HOST="ssh://elsewhere", HOME="/home/me")

    seen = docker.seen_by(command)
    assert seen["DOCKER_HOST"] == "ssh://elsewhere"
    assert seen["HOME"] == "/home/me"
    assert seen["PATH"] == docker.path


def test_the_file_of_the_operator_is_read_after_the_file_of_the_project(docker: Docker) -> None:
    own = docker.copy.compose_file("payment").with_name("docker-compose.override.yml")
    own.write_text("services: {}\n")

    docker.run("make", "compose-up-payment")

    both = "--file payment/docker-compose.yml --file payment/docker-compose.override.yml"
    assert docker.compose_calls == [f"compose {both} up --detach"]


@pytest.mark.parametrize("words", [(), ("order",), ("shop", "up")])
def test_a_call_that_names_no_project_or_no_command_is_refused(
    docker: Docker, words: tuple[str, ...]
) -> None:
    done = docker.run("deploy/compose/compose.sh", *words)

    assert done.returncode != 0
    assert done.stderr
    assert docker.calls == []


@pytest.mark.parametrize("name", PROJECTS)
def test_an_image_is_built_from_the_one_dockerfile_and_says_what_it_is(
    docker: Docker, name: str
) -> None:
    done = docker.build(name)

    assert done.returncode == 0, done.stderr
    target = name if name in {"core", "operator"} else "service"
    assert docker.calls == [build_call(docker.copy.root, name, target)]


def test_images_are_built_by_buildkit_wherever_the_builder_is_called(docker: Docker) -> None:
    script = str(docker.copy.root / "deploy" / "docker" / "build.sh")

    docker.run("bash", "-c", f"cd / && exec {script} order")

    assert docker.seen_by("build")["DOCKER_BUILDKIT"] == "1"
    assert docker.calls == [build_call(docker.copy.root, "order", "service")]


def test_an_image_of_a_clone_is_labelled_with_its_commit_even_with_a_tag(
    docker: Docker, commit: str
) -> None:
    docker.build("order")

    assert docker.calls == [build_call(docker.copy.root, "order", "service", commit)]


def test_an_image_of_a_changed_clone_is_labelled_as_changed(docker: Docker, commit: str) -> None:
    with (docker.copy.root / "Makefile").open("a") as makefile:
        makefile.write("# a change\n")

    docker.build("order")

    assert docker.calls == [build_call(docker.copy.root, "order", "service", f"{commit}-dirty")]


@pytest.mark.parametrize("words", [(), ("order", "payment")])
def test_a_build_of_no_project_or_of_two_is_refused(docker: Docker, words: tuple[str, ...]) -> None:
    done = docker.build(*words)

    assert done.returncode == 2
    assert done.stderr == "usage: build.sh PROJECT\n"
    assert docker.calls == []
