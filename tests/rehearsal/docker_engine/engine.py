"""Finds a Docker engine to rehearse on: the user's, or Debian's, started for this run."""

import contextlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from tests.rehearsal.building.stand_ins import remove_stand_ins
from tests.rehearsal.docker_engine.docker import Docker
from tests.rehearsal.docker_engine.dockerd import dockerd
from tests.rehearsal.problem import NotRehearsed

COMPOSE = Path(sys.executable).with_name("docker-compose")
"""Docker Compose from the wheel, if none is installed."""

CHOOSING = ("DOCKER_HOST", "DOCKER_CONTEXT")
"""Variables with which the user chooses an engine."""

OURS = re.compile(r"shipyard-|microservices-net\t")
"""Prefix of the names of projects, volumes and networks."""

BY_PROJECT = '{{.Label "com.docker.compose.project"}}\t{{.Names}}'

REMOVE = {
    "container": ("rm", "--force", "--volumes"),
    "volume": ("volume", "rm"),
    "network": ("network", "rm"),
}
"""Kinds in the order of removal: a volume or a network in use cannot be removed."""


@contextlib.contextmanager
def an_engine() -> Iterator[Docker]:
    """Yield an engine without anything of Shipyard. Raises NotRehearsed if there is none."""
    with _alone(), tempfile.TemporaryDirectory(prefix="shipyard-docker-") as folder:
        chosen = {name: os.environ[name] for name in CHOOSING if name in os.environ}
        users = Docker(program=_client(), environment=chosen)
        if users.run("info").returncode == 0:
            docker = _with_compose(users, Path(folder))
            _refuse_a_deployment(docker)
            try:
                yield docker
            finally:
                remove_stand_ins(docker)
        else:
            with dockerd(users.program) as own:
                docker = _with_compose(own, Path(folder))
                remove_everything(docker)
                yield docker


def remove_everything(docker: Docker) -> None:
    """Remove the containers, volumes and networks of the projects; the images stay."""
    for kind, names in _deployed(docker).items():
        if names:
            docker(*REMOVE[kind], *names)


def _deployed(docker: Docker) -> dict[str, list[str]]:
    """Return the names of the projects' objects in an engine, by kind."""
    found = {
        "container": docker("ps", "--all", "--format", BY_PROJECT),
        "volume": docker("volume", "ls", "--format", "{{.Name}}\t{{.Name}}"),
        "network": docker("network", "ls", "--format", "{{.Name}}\t{{.Name}}"),
    }
    return {
        kind: [line.split("\t")[1] for line in lines.splitlines() if OURS.match(line)]
        for kind, lines in found.items()
    }


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    lock = Path(tempfile.gettempdir()) / "shipyard-rehearsal.lock"
    try:
        with FileLock(lock, timeout=0):
            yield
    except Timeout:
        raise NotRehearsed("another rehearsal runs on this machine") from None


def _client() -> Path:
    """Find the first docker on PATH that supports BuildKit."""
    found = [Path(folder) / "docker" for folder in os.environ["PATH"].split(":")]
    found = [program for program in found if os.access(program, os.X_OK)]
    for program in found:
        if _has_buildkit(Docker(program=program, environment={})):
            return program
    if found:
        raise NotRehearsed(f"{found[0]} cannot build: install the buildx plugin")
    raise NotRehearsed("there is no docker command: install Docker, or Debian's docker.io")


def _has_buildkit(docker: Docker) -> bool:
    version = re.search(r"version (\d+)", docker.run("--version").stdout)
    has_its_own = version is not None and int(version[1]) < 23
    return has_its_own or docker.run("buildx", "version").returncode == 0


def _with_compose(docker: Docker, folder: Path) -> Docker:
    """Add Docker Compose from the wheel to a client without it; keep its other settings."""
    if docker.run("compose", "version").returncode == 0:
        return docker
    users = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
    if users.is_dir():
        shutil.copytree(users, folder, symlinks=True, dirs_exist_ok=True)
    plugins = folder / "cli-plugins"
    plugins.mkdir(exist_ok=True)
    plugin = plugins / "docker-compose"
    plugin.unlink(missing_ok=True)
    plugin.symlink_to(COMPOSE)
    environment = {**docker.environment, "DOCKER_CONFIG": str(folder)}
    return Docker(program=docker.program, environment=environment)


def _refuse_a_deployment(docker: Docker) -> None:
    """Refuse an engine in which Shipyard is deployed: the names would clash."""
    found = [name for names in _deployed(docker).values() for name in names]
    if found:
        raise NotRehearsed(
            f"Shipyard is deployed in this Docker engine ({', '.join(sorted(found))}): "
            "a rehearsal would replace it"
        )
