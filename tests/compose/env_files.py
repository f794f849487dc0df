"""Runs generate-env.sh on a copy of the deploy folder."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.compose.projects import ROOT

EXAMPLE_CHAT = {"TELEGRAM_BOT_TOKEN": f"{123456789}:{'A' * 35}", "TELEGRAM_CHAT_ID": "1001"}
"""Variables that the operator fills in."""


@dataclass(frozen=True)
class DeployCopy:
    root: Path

    @property
    def env_file(self) -> Path:
        return self.root / "deploy" / "env" / ".env"

    def rendered(self, service: str) -> Path:
        return self.root / "deploy" / "compose" / service / ".env"

    def compose_file(self, service: str) -> Path:
        return self.root / "deploy" / "compose" / service / "docker-compose.yml"

    def template(self, service: str) -> Path:
        return self.root / "deploy" / "env" / f"{service}.env.template"

    def generate(self, **environment: str) -> "subprocess.CompletedProcess[str]":
        return self.run(str(self.root / "deploy" / "env" / "generate-env.sh"), **environment)

    def run(self, *argv: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run a command at the root with only these variables."""
        return subprocess.run(
            argv,
            cwd=self.root,
            env={"PATH": os.environ["PATH"], **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )


def deploy_copy(folder: Path) -> DeployCopy:
    """Copy the deploy folder's tracked files, and other files that its scripts read."""
    for name in ("env", "compose", "docker"):
        shutil.copytree(
            ROOT / "deploy" / name, folder / "deploy" / name, ignore=shutil.ignore_patterns(".env")
        )
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    return DeployCopy(folder)


def generated_copy(folder: Path) -> DeployCopy:
    """Copy it and generate every environment, without a bot or a chat."""
    copy = deploy_copy(folder)
    answer = copy.generate()
    if answer.returncode:
        raise RuntimeError(answer.stderr)
    return copy


def env_values(path: Path) -> dict[str, str]:
    """Read NAME=value lines as Compose does, for values without its special characters."""
    lines = (line for line in path.read_text().splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines)
