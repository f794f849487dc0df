"""Starts Debian's Docker engine for one run if no other answers."""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from deploy.local.engines import owned
from tests.compose.projects import ROOT
from tests.rehearsal.docker_engine.docker import Docker
from tests.rehearsal.problem import NotRehearsed
from tests.support.eventually import eventually

CACHE = ROOT / ".cache" / "rehearsal"
"""Keeps images and the build cache for the next run."""

STARTS_WITHIN_S = 60.0
STOPS_WITHIN_S = 60.0


@contextlib.contextmanager
def dockerd(client: Path) -> Iterator[Docker]:
    """Start dockerd in its own namespace, so that its containers end with it.

    Raises NotRehearsed if it is not installed, or does not start here.
    """
    daemon = shutil.which("dockerd", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if daemon is None or os.getuid() != 0:
        raise NotRehearsed("no Docker engine answers, and starting one needs root and dockerd")
    place = Path("/run") / f"shipyard-rehearsal-{hashlib.sha256(bytes(ROOT)).hexdigest()[:8]}"
    place.mkdir(mode=0o700, exist_ok=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    log = CACHE / "dockerd.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-I", owned.__file__, str(os.getpid())),
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
    """Stop dockerd itself: unshare passes no signal on."""
    for daemon in psutil.Process(process.pid).children() if process.poll() is None else ():
        daemon.terminate()
    try:
        process.wait(STOPS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
