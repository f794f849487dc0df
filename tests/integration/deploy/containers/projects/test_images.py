"""The Dockerfile, and how the compose files use it."""

import ast
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from tests.architecture.sources import SERVICES
from tests.compose.projects import PROJECTS, ROOT, Project, containers
from tests.integration.deploy.containers.linters import complaints

DOCKERFILE = ROOT / "deploy" / "docker" / "service.Dockerfile"

FOR_THE_OPERATOR = {"dlq", "check", "payments"}
"""Commands of a service that are not roles."""

Projects = Mapping[str, Project]


def test_the_linter_finds_nothing_in_the_dockerfile() -> None:
    assert complaints("hadolint", DOCKERFILE) == ""


def test_the_linter_finds_a_floating_base_image(tmp_path: Path) -> None:
    wrong = tmp_path / "Dockerfile"
    wrong.write_text("FROM python:latest\n")

    assert "DL3007" in complaints("hadolint", wrong)


def test_dependencies_are_checked_against_their_hashes_and_never_compiled() -> None:
    text = DOCKERFILE.read_text()

    assert "--require-hashes" in text
    assert "--only-binary=:all:" in text
    assert re.search(r"apt-get|gcc|build-essential", text) is None


def test_the_images_have_the_oldest_python_that_is_promised_and_checked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (version,) = set(re.findall(r"^FROM python:(\d+\.\d+)", DOCKERFILE.read_text(), re.MULTILINE))

    assert project["project"]["requires-python"].startswith(f">={version},")
    assert project["tool"]["mypy"]["python_version"] == version
    assert project["tool"]["ruff"]["target-version"] == f"py{version.replace('.', '')}"


def test_each_project_runs_its_own_image_whose_parts_exist(
    projects: Projects,
) -> None:
    used = {
        (project, service["image"])
        for project, _, service in containers(projects)
        if service["image"].startswith("shipyard-")
    }

    assert used == {(project, f"shipyard-{project}:local") for project in PROJECTS}
    for project in PROJECTS:
        assert (ROOT / "requirements" / f"{project}.txt").is_file()


def test_compose_builds_no_image(projects: Projects) -> None:
    """Its old builder supports neither cache mounts nor labels: build.sh builds images."""
    assert [name for _, name, service in containers(projects) if "build" in service] == []


def test_the_dockerfile_has_the_targets_that_are_built() -> None:
    stages = re.findall(r"^FROM .* AS (\S+)$", DOCKERFILE.read_text(), re.MULTILINE)

    assert {"core", "operator", "service"} <= set(stages)


def test_the_versions_that_are_deployed_are_documented(projects: Projects) -> None:
    text = (ROOT / "docs" / "deploy.md").read_text()

    for image in {service["image"] for _, _, service in containers(projects)}:
        assert image.startswith("shipyard-") or f"`{image}`" in text, image


def test_only_third_party_images_are_pulled_from_a_registry(projects: Projects) -> None:
    for _, name, service in containers(projects):
        is_ours = service["image"].startswith("shipyard-")
        assert service.get("pull_policy") == ("never" if is_ours else None), name


def test_every_role_has_a_container_and_every_command_is_a_role(
    projects: Projects,
) -> None:
    commands = {
        tuple(service["command"][2:])
        for _, _, service in containers(projects)
        if (service["command"] or [])[:2] == ["python", "-m"]
    }

    assert commands == {*roles(), ("libs.kafka", "topics")}


def roles() -> set[tuple[str, str]]:
    """List every role of every service from its __main__."""
    return {
        (service, str(key.value))
        for service in SERVICES
        for node in ast.walk(ast.parse((ROOT / service / "__main__.py").read_text()))
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant) and key.value not in FOR_THE_OPERATOR
    }


def test_the_image_and_compose_have_the_same_health_check(projects: Projects) -> None:
    asked = {
        tuple(service["healthcheck"]["test"])
        for _, name, service in containers(projects)
        if service["image"].startswith("shipyard-") and name not in {"flower", "operator"}
    }

    assert asked == {("CMD", "python", "-m", "libs.health")}
    assert 'CMD ["python", "-m", "libs.health"]' in DOCKERFILE.read_text()
