"""A container's place on this machine: its folders, its environment, its limits."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from libs.engines.files import write_private
from tests.rehearsal import confine
from tests.rehearsal.containers import Container
from tests.rehearsal.mounts import Mounts
from tests.rehearsal.people import People

TEMPORARY = "/tmp"  # noqa: S108  # a container's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    container: Container
    root: Path
    mounts: Mounts
    environment: Mapping[str, str]
    folder: Path
    people: People
    reads_all: bool

    @property
    def tools(self) -> Path:
        """Programs that the image has and this machine has under another name."""
        return self.root / "bin"

    def path(self, inside: str) -> Path:
        return Path(self.mounts.text(inside))

    def settle(self) -> None:
        """Make the writable folders, the user's own, and note the limits down."""
        self.tools.mkdir(parents=True, exist_ok=True)
        for inside in self.container.writable:
            folder = self.mounts[inside]
            folder.mkdir(parents=True, exist_ok=True)
            if self.people.user is not None:
                os.chown(folder, self.people.user, self.people.user)
            folder.chmod(0o700)
        specification = {
            "user": self.people.user,
            "reads_all": self.people.user is not None and self.reads_all,
            "writable": [str(self.mounts[inside]) for inside in self.container.writable],
            "folder": str(self.folder),
            "environment": {
                **self.environment,
                "PATH": f"{self.tools}:{self.environment['PATH']}",
                "HOSTNAME": self.container.name,
                **self._temporary(),
            },
        }
        write_private(self._specification, json.dumps(specification))

    def _temporary(self) -> dict[str, str]:
        writable = TEMPORARY in self.container.writable
        return {"TMPDIR": str(self.mounts[TEMPORARY])} if writable else {}

    def confined(self, argv: Sequence[str]) -> list[str]:
        """Return the command that runs argv as the container would."""
        return [sys.executable, "-I", confine.__file__, str(self._specification), *argv]

    def run(
        self, argv: Sequence[str], *, given: str = "", within_s: float = 60.0
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command in the container and wait for it. Raises subprocess.TimeoutExpired."""
        return subprocess.run(
            self.confined(argv),
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=within_s,
        )

    def tool(self, name: str, script: str) -> None:
        """Add a program, as a shell script."""
        path = self.tools / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def forget(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)

    @property
    def _specification(self) -> Path:
        return self.root / "limits.json"
