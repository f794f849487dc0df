"""The images that the Dockerfile builds: what is in them, and what is not."""

import json
import subprocess
import tomllib
from collections.abc import Iterable

from libs.testing.leaks import leaks
from tests.compose.projects import ROOT
from tests.rehearsal.checkout import Checkout
from tests.rehearsal.docker import Docker
from tests.rehearsal.problem import Problem

DOCKERFILE = ROOT / "deploy" / "docker" / "service.Dockerfile"

BASE = DOCKERFILE.read_text(encoding="utf-8").partition("FROM ")[2].split()[0]
"""What each image of ours begins with."""

LABEL = "org.opencontainers.image"

PROBE = """
import importlib.util, pathlib, shutil, sys
programs = [name for name in ("cc", "gcc", "make", "pip", "git", "curl") if shutil.which(name)]
modules = [name for name in ("pip", "setuptools", "pytest", "deploy", "tests") if importlib.util.find_spec(name)]
files = [str(path) for name in ("deploy", "tests", "libs/engines", "libs/testing", "libs/telegram_sandbox")
         if (path := pathlib.Path("/app", name)).exists()]
sys.exit(", ".join(programs + modules + files))
"""


def check_images(checkout: Checkout, names: Iterable[str]) -> list[str]:
    """Look into each image; return what each adds to its base, in MB. Raises Problem."""
    sizes = []
    for name in sorted(names):
        _check_content(checkout.docker, name)
        _check_labels(checkout, name)
        _check_history(checkout, name)
        sizes.append(f"{name} {_own_size(checkout.docker, name) / 1e6:.0f}")
    return sizes


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
    """Return the bytes of the layers above the base image."""
    own, base = (
        int(docker("image", "inspect", "--format", "{{.Size}}", each)) for each in (name, BASE)
    )
    return own - base
