"""A virtual environment per service, with its own locked requirements and nothing else."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

from tests.rehearsal.compose_files import ROOT
from tests.rehearsal.problem import Problem

CACHE = ROOT / ".cache" / "rehearsal"

UV = Path(sys.executable).with_name("uv")

AS_THE_IMAGE_DOES = ("--require-hashes", "--only-binary=:all:")
"""Nothing is compiled, a changed package is refused; uv pip sync installs no dependencies."""


def install(service: str, python: str, target: Path) -> None:
    """Put the environment of a service at target; a kept one is used while its lock is the same.

    Raises Problem, also if a package lacks something that it needs.
    """
    lock = ROOT / "requirements" / f"{service}.txt"
    digest = hashlib.sha256(lock.read_bytes() + python.encode()).hexdigest()[:12]
    kept = CACHE / f"{service}-{digest}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(CACHE / f"{service}.lock"):
        if not kept.exists():
            for old in CACHE.glob(f"{service}-*"):
                shutil.rmtree(old)
            _build(lock, python, kept.with_suffix(".new"))
            kept.with_suffix(".new").rename(kept)
        copy_files(kept, target)


def copy_files(source: Path, target: Path) -> None:
    """Copy a folder by links to its files, or by their content to another file system."""
    try:
        shutil.copytree(source, target, symlinks=True, copy_function=_link)
    except shutil.Error:
        shutil.rmtree(target)
        shutil.copytree(source, target, symlinks=True)


def _link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


def _build(lock: Path, python: str, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    _uv("venv", "--relocatable", "--python", python, str(folder))
    into = ("--python", str(folder / "bin" / "python"))
    _uv("pip", "sync", "--compile-bytecode", *into, *AS_THE_IMAGE_DOES, str(lock))
    _uv("pip", "check", *into)


def _uv(*arguments: str) -> None:
    done = subprocess.run(
        [str(UV), "--quiet", *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Problem(f"uv {' '.join(arguments[:2])}: {done.stderr.strip()}")
