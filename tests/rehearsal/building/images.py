"""Checks the images that the Dockerfile builds."""

import json
import subprocess
import time
import tomllib
from collections.abc import Iterable

from tests.compose.projects import ROOT
from tests.rehearsal.building.checkout import Checkout
from tests.rehearsal.docker_engine.docker import Docker
from tests.rehearsal.problem import Problem
from tests.support.leaks import leaks

DOCKERFILE = ROOT / "deploy" / "docker" / "service.Dockerfile"

BASE = DOCKERFILE.read_text(encoding="utf-8").partition("FROM ")[2].split()[0]
"""Base image of our images."""

LABEL = "org.opencontainers.image"

PROGRAMS = ("cc", "gcc", "make", "pip", "git", "curl")

MODULES = ("pip", "setuptools", "pytest", "tests")

OUTSIDE = ("deploy", "tests/support")

BESIDE_SHIPYARD = ("deploy/local/supervision", "deploy/local/demo", "deploy/telegram_sandbox")
"""What the image of the command line has no use for; the others have nothing of deploy."""

PROBE = f"""
import importlib.util, os, shutil, sys
found = [name for name in {PROGRAMS} if shutil.which(name)]
found += [name for name in {MODULES} if importlib.util.find_spec(name)]
unwanted = {BESIDE_SHIPYARD} if shutil.which("shipyard") else {OUTSIDE}
found += [name for name in unwanted if os.path.exists("/app/" + name)]
sys.exit(", ".join(found) or 0)
"""
"""Finds files that an image does not need."""


def check_images(checkout: Checkout, names: Iterable[str]) -> list[str]:
    """Check each image; print what it adds to its base, and how fast it starts.

    Raises Problem if it contains what it should not.
    """
    found = []
    for name in sorted(names):
        _check_content(checkout.docker, name)
        _check_labels(checkout, name)
        _check_history(checkout, name)
        size_mb, start_s = _own_size(checkout.docker, name) / 1e6, _start_s(checkout.docker, name)
        found.append(f"{name} {size_mb:.0f} MB, {start_s:.1f} s")
    return found


def _check_content(docker: Docker, name: str) -> None:
    done = docker.run("run", "--rm", "--network", "none", name, "python", "-c", PROBE)
    if done.returncode:
        raise Problem(f"{name} contains what it does not need: {done.stderr.strip()}")


def _check_labels(checkout: Checkout, name: str) -> None:
    labels = json.loads(
        checkout.docker("image", "inspect", "--format", "{{json .Config.Labels}}", name)
    )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    revision = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=checkout.root, capture_output=True, text=True, check=True
    ).stdout.strip()
    found = labels[f"{LABEL}.version"], labels[f"{LABEL}.revision"].removesuffix("-dirty")
    if found != (project["version"], revision):
        raise Problem(f"{name} is labelled {found}")


def _check_history(checkout: Checkout, name: str) -> None:
    history = checkout.docker("history", "--no-trunc", "--format", "{{.CreatedBy}}", name)
    config = checkout.docker("image", "inspect", name)
    if found := leaks(checkout.secrets(), [(name, (history + config).encode())]):
        raise Problem(f"secrets are in an image: {', '.join(sorted(found))}")


def _own_size(docker: Docker, name: str) -> int:
    """Return the size in bytes of the layers above the base image."""
    own, base = (
        int(docker("image", "inspect", "--format", "{{.Size}}", each)) for each in (name, BASE)
    )
    return own - base


def _start_s(docker: Docker, name: str) -> float:
    """Run the image's command without an environment; it exits after its first line."""
    before = time.monotonic()
    docker.run("run", "--rm", "--network", "none", name)
    return time.monotonic() - before
