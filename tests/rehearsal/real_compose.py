"""Docker Compose itself, where it is installed: it reads the files as the rehearsal does."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from tests.rehearsal.containers import Container
from tests.rehearsal.env_files import DeployCopy
from tests.rehearsal.problem import Problem


def check_reading(copy: DeployCopy, containers: Iterable[Container]) -> str | None:
    """Return the version that read the same, or None without Compose. Raises Problem.

    It needs no Docker Engine for that. $COMPOSE names another program, as for compose.sh.
    """
    compose = os.environ.get("COMPOSE", "docker compose").split()
    try:
        version = copy.run(*compose, "version", "--short", **_home())
    except FileNotFoundError:
        return None
    if version.returncode:
        return None
    wrong = [
        line
        for project, members in groupby(containers, key=lambda each: each.project)
        for line in _differences(list(members), _read_by(copy, project))
    ]
    if wrong:
        raise Problem(
            f"Docker Compose {version.stdout.strip()} reads otherwise:\n" + "\n".join(wrong)
        )
    return version.stdout.strip()


def _home() -> dict[str, str]:
    """Name the folder in which docker finds its plugins."""
    return {"HOME": os.environ.get("HOME", "/")}


def _read_by(copy: DeployCopy, project: str) -> Mapping[str, Any]:
    given = {name: os.environ[name] for name in ("COMPOSE",) if name in os.environ}
    script = str(copy.root / "deploy" / "compose" / "compose.sh")
    done = copy.run(script, project, "config", "--format", "json", **_home(), **given)
    if done.returncode:
        raise Problem(f"docker compose config, {project}: {done.stderr.strip()}")
    services: Mapping[str, Any] = json.loads(done.stdout)["services"]
    return services


def _differences(ours: list[Container], theirs: Mapping[str, Any]) -> Iterator[str]:
    names = {each.name for each in ours}
    yield from (f"{name} is in one reading only" for name in sorted(names ^ set(theirs)))
    for each in (each for each in ours if each.name in theirs):
        read = _unescaped(theirs[each.name])
        expected = {
            "environment": dict(each.environment),
            "command": list(each.command) or None,
            "health check": each.service["healthcheck"]["test"],
            "waits": each.waits_for,
        }
        found = {
            "environment": read.get("environment", {}),
            "command": read.get("command"),
            "health check": read.get("healthcheck", {}).get("test"),
            "waits": {name: wait["condition"] for name, wait in read.get("depends_on", {}).items()},
        }
        yield from (f"{each.name}: {what}" for what in expected if expected[what] != found[what])


def _unescaped(value: Any) -> Any:
    """Undo that Compose writes every dollar twice."""
    if isinstance(value, dict):
        return {key: _unescaped(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_unescaped(each) for each in value]
    return value.replace("$$", "$") if isinstance(value, str) else value
