"""Reads a project with Docker Compose, which needs no Docker engine for it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "deploy" / "compose"
PROJECTS = ("core", "order", "inventory", "payment", "assembly", "notification", "operator")

PROGRAM = Path(sys.executable).with_name("docker-compose")

Project = dict[str, Any]
Service = dict[str, Any]


def resolved(*files: Path, with_env_files: bool = True) -> Project:
    """Read a project's file with overrides, and the .env beside the first file.

    Raises RuntimeError for every error or warning of Compose, such as an unset variable.
    """
    more = () if with_env_files else ("--no-env-resolution",)
    project: Project = _single_dollars(_config(*files, options=more))
    return project


def variables(file: Path) -> set[str]:
    """Name the variables of a file and of the files that it extends."""
    return set(_config(file, options=("--variables",)))


def containers(projects: Mapping[str, Project]) -> Iterator[tuple[str, str, Service]]:
    """Yield every container as project name, own name and definition."""
    for name, project in projects.items():
        for container, service in project["services"].items():
            yield name, container, service


def _config(*files: Path, options: tuple[str, ...]) -> Any:
    named = [word for file in files for word in ("--file", str(file))]
    done = subprocess.run(
        [str(PROGRAM), *named, "--profile", "*", "config", "--format", "json", *options],
        env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if done.returncode or done.stderr:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def _single_dollars(value: Any) -> Any:
    """Undo Compose's doubling of dollar signs."""
    if isinstance(value, dict):
        return {key: _single_dollars(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_single_dollars(each) for each in value]
    return value.replace("$$", "$") if isinstance(value, str) else value
