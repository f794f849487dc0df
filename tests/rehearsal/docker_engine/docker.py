"""Runs the docker command against one engine."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.rehearsal.problem import Problem

OF_COMPOSE = "label=com.docker.compose.service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Docker:
    program: Path
    environment: Mapping[str, str]
    """Variables that select the engine and the client's plugins, added to a login shell's."""

    @property
    def shell(self) -> Mapping[str, str]:
        """Environment of a shell in which `docker` is this client with this engine."""
        path = f"{self.program.parent}:{os.environ['PATH']}"
        return {"HOME": os.environ.get("HOME", "/"), **self.environment, "PATH": path}

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(self.program), *words],
            env={"DOCKER_BUILDKIT": "1", **self.shell},
            capture_output=True,
            text=True,
            check=False,
        )

    def __call__(self, *words: str) -> str:
        """Run the command and return its output. Raises Problem if it fails."""
        done = self.run(*words)
        if done.returncode:
            said = f"{done.stdout}{done.stderr}".strip()
            raise Problem(f"docker {' '.join(words)} ends with {done.returncode}\n{said}")
        return done.stdout

    def containers(self) -> list[str]:
        """Return the names of all containers of Compose, running or not."""
        return self("ps", "--all", "--filter", OF_COMPOSE, "--format", "{{.Names}}").split()

    def inspect(self, *names: str) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = json.loads(self("inspect", *names)) if names else ()
        return found

    def log(self, name: str) -> str:
        """Return both streams of a container's log."""
        done = self.run("logs", name)
        return done.stdout + done.stderr
