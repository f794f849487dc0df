"""Every compose file against the compose specification's own schema."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.rehearsal.compose_files import COMPOSE, PROJECTS, project

FILES = [COMPOSE / "common.yml", *(COMPOSE / name / "docker-compose.yml" for name in PROJECTS)]


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


@pytest.mark.parametrize("name", PROJECTS)
def test_there_is_a_file_for_every_project(name: str) -> None:
    assert {path.name for path in (COMPOSE / name).iterdir() if path.suffix == ".yml"} == {
        "docker-compose.yml"
    }
