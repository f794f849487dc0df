from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.rehearsal.env_files import DeployCopy, deploy_copy, generated_environments


@pytest.fixture
def copy(tmp_path: Path) -> DeployCopy:
    return deploy_copy(tmp_path)


@pytest.fixture(scope="session")
def environments(
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[str, Mapping[str, str]]:
    """Each project's generated environment."""
    return generated_environments(tmp_path_factory.mktemp("deploy"))
