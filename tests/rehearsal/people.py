"""Whom the containers' programs run as, and with which Python."""

import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass

from libs.engines import unprivileged
from tests.rehearsal.confine import landlock_version

SYSTEM_FOLDERS = "/usr/local/bin:/usr/bin"

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    user: int | None
    """None: the caller, who has no rights to lose."""
    python: str
    reads_all: bool
    """Python lies where only root gets, so its programs keep the right to read everything."""

    def left_out(self, *, images_python: str) -> list[str]:
        """Say what of a container, and its limits, this machine can not show."""
        missing = []
        if images_python != VERSION:
            missing.append(f"Python {images_python} of the images: the programs run on {VERSION}")
        if self.user is None:
            missing.append("another user: the programs run as the caller, who is not root")
        if self.reads_all:
            missing.append(f"files closed to the user: {self.python} is closed to it, so it is let")
        if not landlock_version():
            missing.append("a read-only system: no Landlock, so only the own files are read-only")
        return missing


def find_people() -> People:
    """Choose the Python that runs this, or the system's of that version if only root gets there."""
    own = str(getattr(sys, "_base_executable", sys.executable))
    if os.geteuid() != 0:
        return People(user=None, python=own, reads_all=False)
    user = pwd.getpwnam(unprivileged.USER).pw_uid
    for python in (own, shutil.which(f"python{VERSION}", path=SYSTEM_FOLDERS)):
        if python and _can_run(user, python):
            return People(user=user, python=python, reads_all=False)
    return People(user=user, python=own, reads_all=True)


def _can_run(user: int, python: str) -> bool:
    try:
        done = subprocess.run(
            [python, "-I", "-c", "import ssl, sqlite3"],
            user=user,
            group=user,
            extra_groups=[],
            capture_output=True,
            check=False,
            cwd="/",
        )
    except OSError:
        return False
    return done.returncode == 0
