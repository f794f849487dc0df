"""Every compose file against the compose specification's own schema."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import yaml

from tests.rehearsal.compose_files import COMPOSE, PROJECTS, ROOT, merged, project

FILES = [*COMPOSE.glob("*.yml"), *(COMPOSE / name / "docker-compose.yml" for name in PROJECTS)]


def violations(*paths: Path) -> str:
    """Return what the schema says against the files; empty if they keep to it."""
    answer = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema"),
            *("--builtin-schema", "vendor.compose-spec", *map(str, paths)),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return answer.stdout + answer.stderr if answer.returncode else ""


def test_every_file_keeps_to_the_compose_specification() -> None:
    assert violations(*FILES) == ""


def test_what_compose_would_run_keeps_to_it_too(
    environments: Mapping[str, Mapping[str, str]], tmp_path: Path
) -> None:
    resolved = [tmp_path / f"{name}.json" for name in PROJECTS]
    for path in resolved:
        path.write_text(json.dumps(project(path.stem, environments[path.stem])))

    assert violations(*resolved) == ""


def test_a_misspelt_key_would_be_seen(tmp_path: Path) -> None:
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text("services: {shop: {image: shop, read-only: true}}")

    assert "read-only" in violations(wrong)


def test_the_documented_file_of_an_operator_fits_its_project(
    environments: Mapping[str, Mapping[str, str]], tmp_path: Path
) -> None:
    name, text = documented_override()
    shipped = project(name, environments[name])
    own = yaml.safe_load(text)["services"]

    (tmp_path / "docker-compose.override.yml").write_text(text)
    (tmp_path / "both.json").write_text(json.dumps(merged(shipped, {"services": own})))

    assert violations(*tmp_path.iterdir()) == ""
    assert own.keys() <= shipped["services"].keys()


def documented_override() -> tuple[str, str]:
    """Find the example: its project, and what it says."""
    found = re.search(
        r"```yaml\n# deploy/compose/(\w+)/docker-compose.override.yml\n(.+?)```",
        (ROOT / "docs" / "deploy.md").read_text(),
        re.DOTALL,
    )
    assert found
    return found[1], found[2]
