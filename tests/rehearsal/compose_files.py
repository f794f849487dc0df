"""Reads the compose files the way Docker Compose does: merge keys, extends, interpolation."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "deploy" / "compose"
PROJECTS = ("core", "order", "inventory", "payment", "assembly", "notification")

Service = dict[str, Any]
Substitute = Callable[[str], str]

REPLACED_WHOLE = ("command", "test")
"""Lists that an extending service replaces; it adds to every other list."""

VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|\{(?P<name>[A-Z_]+)\}|(?P<other>.?))")


def project(name: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """Read a project as Compose would run it; raises KeyError for an unset variable."""
    return _resolved(name, environment.__getitem__)


def variables(name: str) -> set[str]:
    """Names of the environment variables that the project's file needs."""
    found: set[str] = set()

    def remember(variable: str) -> str:
        found.add(variable)
        return variable

    _resolved(name, remember)
    return found


def containers(environments: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str, Service]]:
    """Yield every container as its project's name, its own name and what it is."""
    for name in PROJECTS:
        for container, service in project(name, environments[name])["services"].items():
            yield name, container, service


def _resolved(name: str, substitute: Substitute) -> dict[str, Any]:
    path = COMPOSE / name / "docker-compose.yml"
    content = _read(path, substitute)
    services = {
        key: _extended(path, service, substitute) for key, service in content["services"].items()
    }
    without_anchors = {key: value for key, value in content.items() if not key.startswith("x-")}
    return {**without_anchors, "services": services}


def _read(path: Path, substitute: Substitute) -> dict[str, Any]:
    """Read a file; Compose asks for every variable in it, whichever of its services is wanted."""
    content: dict[str, Any] = _interpolated(yaml.safe_load(path.read_text()), substitute)
    return content


def _extended(path: Path, service: Service, substitute: Substitute) -> Service:
    if "extends" not in service:
        return service
    own = {key: value for key, value in service.items() if key != "extends"}
    target = path.parent / service["extends"].get("file", path.name)
    parent = _read(target, substitute)["services"][service["extends"]["service"]]
    return merged(_extended(target, parent, substitute), own)


def merged(parent: Service, own: Service) -> Service:
    """Extend a service: mappings merge, lists add up, anything else is replaced."""
    result = dict(parent)
    for key, value in own.items():
        inherited = result.get(key)
        if isinstance(inherited, dict) and isinstance(value, dict):
            result[key] = merged(inherited, value)
        elif isinstance(inherited, list) and key not in REPLACED_WHOLE:
            result[key] = inherited + value
        else:
            result[key] = value
    return result


def _interpolated(value: Any, substitute: Substitute) -> Any:
    if isinstance(value, dict):
        return {key: _interpolated(each, substitute) for key, each in value.items()}
    if isinstance(value, list):
        return [_interpolated(each, substitute) for each in value]
    return interpolated_text(value, substitute) if isinstance(value, str) else value


def interpolated_text(text: str, substitute: Substitute) -> str:
    """Replace ${NAME} and $$; raises ValueError for any other dollar."""

    def replacement(match: re.Match[str]) -> str:
        if match["other"] is not None:
            raise ValueError(f"a lone $ in {text!r}: write $$ or ${{NAME}}")
        return "$" if match["dollar"] else substitute(match["name"])

    return VARIABLE.sub(replacement, text)
