"""Every variable has a reader, and every variable that is read is in a template."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.compose.projects import PROJECTS, ROOT, Project, Service, containers
from tests.integration.deploy.containers.environment.variables import (
    KNOWN_TO_IMAGES,
    READ_BY_ENGINES,
    direct_reads,
    flowers_options,
    misplaced,
    named_in_commands,
    read_by,
    unread_by_flower,
    unread_by_image,
    without_template,
)

Environments = Mapping[str, Mapping[str, str]]

OF_PROJECT = {"core": ("libs",), "operator": ("deploy/shipyard",)}
"""Where the code of a project is that is no service."""


def a_container(*names: str, **service: Any) -> Service:
    return {"environment": dict.fromkeys(names, "1"), **service}


def test_a_misspelt_variable_of_a_project_is_named_with_the_correct_one() -> None:
    names = read_by("payment") - {"GRPC_PORT"} | {"GRPC_PROT"}

    assert misplaced("payment", names) == {"GRPC_PORT", "GRPC_PROT"}


def test_a_variable_for_an_engine_only_is_read_by_its_image(
    all_containers: Mapping[str, Service],
) -> None:
    read = named_in_commands(all_containers["redis"]) | flowers_options()

    assert READ_BY_ENGINES["core"] <= read


def test_a_third_party_image_reads_its_own_environment_variables(
    projects: Mapping[str, Project], environments: Environments
) -> None:
    unread = {
        name: unread_by_image(service, environments[project])
        for project, name, service in containers(projects)
        if not service["image"].startswith("shipyard-")
    }

    assert (
        len(unread) == len(KNOWN_TO_IMAGES) + 2
    )  # PostgreSQL is there twice, and so is its exporter
    assert {name: names for name, names in unread.items() if names} == {}


@pytest.mark.parametrize(
    ("image", "right", "wrong"),
    [
        ("confluentinc/cp-kafka:8.2.2", "CLUSTER_ID", "KAKFA_NODE_ID"),
        ("mongo:7.0-jammy", "MONGO_INITDB_DATABASE", "MONGO_INITDB_DB"),
        ("postgres:17-bookworm", "POSTGRES_INITDB_ARGS", "POSTGRES_INITDB_ARG"),
        ("redis:8.2-bookworm", "REDISCLI_AUTH", "REDIS_CLI_AUTH"),
        ("nginxinc/nginx-unprivileged:1.28.0-bookworm", "NGINX_ENTRYPOINT_QUIET_LOGS", "PROXY_CNF"),
        ("kafbat/kafka-ui:v1.5.0", "KAFKA_CLUSTERS_0_READONLY", "KAFKA_CLUSTERS_0_READONLI"),
    ],
)
def test_a_misspelt_variable_of_a_third_party_image_has_no_reader(
    image: str, right: str, wrong: str
) -> None:
    container = a_container(right, wrong, "OF_THE_FILE", image=image)

    assert unread_by_image(container, {"OF_THE_FILE"}) == {wrong}


def test_a_variable_that_the_command_or_the_health_check_names_is_read() -> None:
    container = a_container(
        "A",
        "B",
        "C",
        image="redis:8",
        command=["sh", "-c", "echo $A"],
        healthcheck={"test": ["CMD-SHELL", "test ${B}"]},
    )

    assert unread_by_image(container, ()) == {"C"}


def test_a_variable_that_a_shell_in_a_container_expands_is_given_to_the_container(
    all_containers: Mapping[str, Service],
) -> None:
    missing = {
        name: named_in_commands(service) - service["environment"].keys()
        for name, service in all_containers.items()
    }

    assert {name: names for name, names in missing.items() if names} == {}


def test_an_emptied_variable_of_our_container_is_in_its_file(
    projects: Mapping[str, Project], environments: Environments
) -> None:
    unknown = {
        name: service["environment"].keys() - environments[project].keys()
        for project, name, service in containers(projects)
        if service["image"].startswith("shipyard-") and name != "flower"
    }

    assert {name: names for name, names in unknown.items() if names} == {}


def test_flower_has_an_option_for_each_of_its_variables(
    all_containers: Mapping[str, Service], environments: Environments
) -> None:
    given = all_containers["flower"]["environment"]

    assert unread_by_flower(given, environments["core"]) == set()


def test_a_misspelt_option_of_flower_has_no_reader() -> None:
    given = {"FLOWER_PORT", "FLOWER_MAX_TASK", "FLOWER_BASIC_AUHT", "CELERY_BROKER", "REDIS_PORT"}

    assert unread_by_flower(given, {"FLOWER_BASIC_AUHT", "REDIS_PORT"}) == {
        "FLOWER_MAX_TASK",
        "FLOWER_BASIC_AUHT",
        "CELERY_BROKER",
    }


@pytest.mark.parametrize("name", PROJECTS)
def test_a_variable_that_code_reads_without_settings_is_in_the_template(
    environments: Environments, name: str
) -> None:
    packages = OF_PROJECT.get(name, ("libs", f"{name}_service"))

    modules = [path for package in packages for path in (ROOT / package).rglob("*.py")]

    assert without_template(modules, environments[name]) == set()


def test_a_misspelt_name_in_code_has_no_template(tmp_path: Path) -> None:
    code = tmp_path / "code.py"
    code.write_text("import os\nos.environ.get('STATE_DIRS')\nos.environ.get('CRASH_AT')\n")

    assert without_template([code], {"STATE_DIR"}) == {"STATE_DIRS"}


def test_reads_without_settings_are_found(tmp_path: Path) -> None:
    code = tmp_path / "code.py"
    code.write_text(
        "import os\n"
        "from os import environ\n"
        "os.environ.get('ONE')\n"
        "os.environ['TWO']\n"
        "environ['THREE']\n"
        "os.getenv('FOUR', '')\n"
        "os.environ['SET'] = 'x'\n"
        "{}.get('OTHER')\n"
    )

    assert set(direct_reads([code])) == {"ONE", "TWO", "THREE", "FOUR"}
