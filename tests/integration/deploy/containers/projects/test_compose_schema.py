"""Every compose file follows the schema of the compose specification."""

import json
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from tests.compose.env_files import DeployCopy
from tests.compose.projects import COMPOSE, PROJECTS, ROOT, Project, resolved
from tests.integration.deploy.containers.linters import complaints

FILES = [*COMPOSE.glob("*.yml"), *(COMPOSE / name / "docker-compose.yml" for name in PROJECTS)]


violations = partial(complaints, "check-jsonschema", "--builtin-schema", "vendor.compose-spec")
"""Returns the schema violations of files."""


def test_every_file_follows_the_compose_specification() -> None:
    assert violations(*FILES) == ""


def test_the_resolved_projects_follow_it_too(
    projects: Mapping[str, Project], tmp_path: Path
) -> None:
    written = [tmp_path / f"{name}.json" for name in PROJECTS]
    for path in written:
        path.write_text(json.dumps(projects[path.stem]))

    assert violations(*written) == ""


def test_a_misspelt_key_is_found(tmp_path: Path) -> None:
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text("services: {shop: {image: shop, read-only: true}}")

    assert "read-only" in violations(wrong)


def test_the_documented_file_of_an_operator_fits_its_project(
    deployed: DeployCopy, projects: Mapping[str, Project], tmp_path: Path
) -> None:
    name, text = documented_override()
    own = tmp_path / "docker-compose.override.yml"
    own.write_text(text)

    both = resolved(deployed.compose_file(name), own)

    (tmp_path / "both.json").write_text(json.dumps(both))
    assert violations(*tmp_path.iterdir()) == ""
    assert both["services"].keys() == projects[name]["services"].keys()


def documented_override() -> tuple[str, str]:
    """Return the example's project and text."""
    found = re.search(
        r"```yaml\n# deploy/compose/(\w+)/docker-compose.override.yml\n(.+?)```",
        (ROOT / "docs" / "deploy.md").read_text(),
        re.DOTALL,
    )
    assert found
    return found[1], found[2]
