from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.compose.env_files import DeployCopy, deploy_copy, env_values, generated_copy
from tests.compose.projects import PROJECTS, Project, Service, containers, resolved


@pytest.fixture
def copy(tmp_path: Path) -> DeployCopy:
    return deploy_copy(tmp_path)


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> DeployCopy:
    """Return a copy with generated environments, which no test may change."""
    return generated_copy(tmp_path_factory.mktemp("deploy"))


@pytest.fixture(scope="session")
def environments(deployed: DeployCopy) -> Mapping[str, Mapping[str, str]]:
    """Each project's generated environment."""
    return {name: env_values(deployed.rendered(name)) for name in PROJECTS}


@pytest.fixture(scope="session")
def projects(deployed: DeployCopy) -> Mapping[str, Project]:
    """Each project as Compose runs it."""
    return {name: resolved(deployed.compose_file(name)) for name in PROJECTS}


@pytest.fixture(scope="session")
def all_containers(projects: Mapping[str, Project]) -> Mapping[str, Service]:
    return {name: service for _, name, service in containers(projects)}
