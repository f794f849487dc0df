"""A service that is missing from one of the places that list services."""

import re
import tomllib
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from deploy.local.configuration.roles import ROLES
from tests.architecture.locks import EXTRAS
from tests.architecture.sources import ROOT, SERVICES
from tests.compose.projects import PROJECTS

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONTRACTS = PROJECT["tool"]["importlinter"]["contracts"]


def words_of(path: str, pattern: str) -> set[str]:
    """Return the words of the list in a file that the pattern's group stands for."""
    found = re.search(pattern, (ROOT / path).read_text(), re.MULTILINE)
    assert found is not None, f"{path} has no such list"
    return set(re.split(r"[\s,]+", found[1].strip()))


def contract(name: str) -> dict[str, Any]:
    return next(each for each in CONTRACTS if each["name"] == name)


def files(pattern: str) -> set[str]:
    """Return which services have the file, {} being the service's short name."""
    return {name for name in SHORT_NAMES if (ROOT / pattern.format(name)).is_file()}


def packages(names: Iterable[str]) -> set[str]:
    return {name.partition(".")[0].removesuffix("_service") for name in names}


SHORT_NAMES = tuple(service.removesuffix("_service") for service in SERVICES)

PLACES: dict[str, Callable[[], set[str]]] = {
    "pyproject: an extra": lambda: set(PROJECT["project"]["optional-dependencies"]),
    "pyproject: the extra dev": lambda: set(
        re.findall(r"\w+", PROJECT["project"]["optional-dependencies"]["dev"][0])
    ),
    "pyproject: packages of mypy": lambda: packages(PROJECT["tool"]["mypy"]["packages"]),
    "pyproject: root packages of import-linter": lambda: packages(
        PROJECT["tool"]["importlinter"]["root_packages"]
    ),
    "pyproject: services never import each other": lambda: packages(
        contract("services never import each other")["modules"]
    ),
    "pyproject: libs know no service": lambda: packages(
        contract("libs know no service")["forbidden_modules"]
    ),
    "pyproject: what ships knows neither deploy nor tests": lambda: packages(
        contract("what ships knows neither deploy nor tests")["source_modules"]
    ),
    "pyproject: use cases and models know no framework": lambda: packages(
        contract("use cases and models know no framework")["source_modules"]
    ),
    "pyproject: layers of the service": lambda: packages(
        name for each in CONTRACTS if each["type"] == "layers" for name in each["containers"]
    ),
    "Makefile: PROJECTS": lambda: words_of("Makefile", r"^PROJECTS := (.*)$"),
    "Makefile: REVERSED": lambda: words_of("Makefile", r"^REVERSED := (.*)$"),
    "Makefile: LOCKS": lambda: words_of("Makefile", r"^LOCKS := (.*)$"),
    "requirements: a lock": lambda: files("requirements/{}.txt"),
    "the locks that make check compares": lambda: set(EXTRAS),
    "the projects that the tests of Compose read": lambda: set(PROJECTS),
    "deploy/env: a template": lambda: files("deploy/env/{}.env.template"),
    "deploy/env: generate-env.sh": lambda: words_of(
        "deploy/env/generate-env.sh", r"SERVICES:-([\w,]+)"
    ),
    "deploy/compose: a project": lambda: files("deploy/compose/{}/docker-compose.yml"),
    "deploy/local: its roles": lambda: set(ROLES),
    "the service's README": lambda: files("{}_service/README.md"),
    "docs/architecture.md": lambda: packages(
        re.findall(r"\b\w+_service\b", (ROOT / "docs/architecture.md").read_text())
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_every_service_is_in_every_place_that_lists_services(place: str) -> None:
    assert set(SHORT_NAMES) - PLACES[place]() == set()
