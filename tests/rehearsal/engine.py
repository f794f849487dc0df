"""A Docker engine to rehearse on: the user's own, or Debian's, started for this run."""

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from libs.engines import leash
from libs.testing.eventually import eventually
from tests.compose.projects import ROOT
from tests.rehearsal.docker import Docker
from tests.rehearsal.problem import NotRehearsed

COMPOSE = Path(sys.executable).with_name("docker-compose")
"""Docker Compose from the wheel, for whoever has none."""

CACHE = ROOT / ".cache" / "rehearsal"

STARTS_WITHIN_S = 60.0
STOPS_WITHIN_S = 60.0

OF_THE_PROJECTS = re.compile(r"shipyard-|microservices-net$")
"""Volumes and networks of the compose files."""


@contextlib.contextmanager
def an_engine() -> Iterator[Docker]:
    """Give an engine that holds nothing of Shipyard. Raises NotRehearsed, saying why there is none."""
    with _alone(), tempfile.TemporaryDirectory(prefix="shipyard-docker-") as folder:
        users = Docker(program=_client(), environment=_given("DOCKER_HOST", "DOCKER_CONTEXT"))
        if users.run("info").returncode == 0:
            docker = _with_compose(users, Path(folder))
            _refuse_a_deployment(docker)
            yield docker
        else:
            with _debians(users.program) as own:
                docker = _with_compose(own, Path(folder))
                remove_everything(docker)
                yield docker


def remove_everything(docker: Docker) -> None:
    """Remove the containers, volumes and networks of the projects; the images stay."""
    if found := docker(
        "ps", "--all", "--quiet", "--filter", "label=com.docker.compose.project"
    ).split():
        docker("rm", "--force", "--volumes", *found)
    for kind in ("volume", "network"):
        names = docker(kind, "ls", "--format", "{{.Name}}").split()
        if found := [name for name in names if OF_THE_PROJECTS.match(name)]:
            docker(kind, "rm", *found)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    lock = Path(tempfile.gettempdir()) / "shipyard-rehearsal.lock"
    try:
        with FileLock(lock, timeout=0):
            yield
    except Timeout:
        raise NotRehearsed("another rehearsal runs on this machine") from None


def _client() -> Path:
    """Find the first docker on the path that can build with BuildKit."""
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


def _given(*names: str) -> dict[str, str]:
    return {name: os.environ[name] for name in names if name in os.environ}


def _with_compose(docker: Docker, folder: Path) -> Docker:
    """Add Docker Compose from the wheel to a client that has none; its other settings stay."""
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
    """Leave an engine alone in which Shipyard is deployed: the names would be the same."""
    labelled = '{{.Label "com.docker.compose.project"}}\t{{.Names}}'
    lines = docker("ps", "--all", "--format", labelled).splitlines()
    found = [line.split("\t")[1] for line in lines if line.startswith("shipyard-")]
    for kind in ("volume", "network"):
        names = docker(kind, "ls", "--format", "{{.Name}}").split()
        found += [name for name in names if OF_THE_PROJECTS.match(name)]
    if found:
        raise NotRehearsed(
            f"Shipyard is deployed in this Docker engine ({', '.join(sorted(found))}): "
            "a rehearsal would replace it"
        )


@contextlib.contextmanager
def _debians(client: Path) -> Iterator[Docker]:
    """Start dockerd in a namespace of its own: whatever ends it ends its containers, too."""
    daemon = shutil.which("dockerd", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if daemon is None or os.getuid() != 0:
        raise NotRehearsed("no Docker engine answers, and to start one takes root and dockerd")
    place = Path("/run") / f"shipyard-rehearsal-{hashlib.sha256(bytes(ROOT)).hexdigest()[:8]}"
    place.mkdir(mode=0o700, exist_ok=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    log = CACHE / "dockerd.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-I", leash.__file__, str(os.getpid())),
                *("unshare", "--pid", "--mount", "--fork", "--mount-proc", "--kill-child"),
                *(daemon, "--data-root", str(CACHE / "engine"), "--exec-root", str(place / "exec")),
                *("--host", f"unix://{place}/docker.sock", "--pidfile", str(place / "pid")),
            ],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    docker = Docker(program=client, environment={"DOCKER_HOST": f"unix://{place}/docker.sock"})
    try:
        _wait(docker, process, log)
        yield docker
    finally:
        _stop(process)
        shutil.rmtree(place, ignore_errors=True)


def _wait(docker: Docker, process: "subprocess.Popen[bytes]", log: Path) -> None:
    def is_settled() -> bool:
        return process.poll() is not None or docker.run("info").returncode == 0

    with contextlib.suppress(AssertionError):
        eventually(is_settled, within_s=STARTS_WITHIN_S, every_s=1)
    if docker.run("info").returncode:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        raise NotRehearsed(f"dockerd does not start here: {lines[-1] if lines else 'no word'}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Ask dockerd itself, as unshare passes no signal on."""
    for daemon in psutil.Process(process.pid).children() if process.poll() is None else ():
        daemon.terminate()
    try:
        process.wait(STOPS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
