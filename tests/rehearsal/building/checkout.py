"""A new user's checkout: clones it, fills in .env, and runs docs/deploy.md's commands."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.engines.ports import free_port, is_busy
from tests.compose.env_files import env_values
from tests.compose.projects import ROOT
from tests.rehearsal.docker_engine.docker import Docker
from tests.rehearsal.problem import Problem

PORTS = (
    "CORE_KAFKA_EXTERNAL_PORT",
    "CORE_KAFKA_UI_PORT",
    "CORE_REDIS_PORT",
    "CORE_FLOWER_PORT",
    "ORDER_HTTP_PORT",
    "ORDER_INVENTORY_GRPC_PORT",
    "ORDER_PAYMENT_GRPC_PORT",
)
"""Variables of all ports that are published on this machine."""

TO_BE_MADE = "generate-me"

TOKEN = "NOTIFICATION_TELEGRAM_BOT_TOKEN"  # noqa: S105  # a variable's name

OUTGOING_PORTS = Path("/proc/sys/net/ipv4/ip_local_port_range")

GUIDE = ROOT / "docs" / "deploy.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    root: Path
    docker: Docker

    @property
    def values(self) -> Mapping[str, str]:
        """Values of .env, without expanding references to other variables."""
        return env_values(self.root / "deploy" / "env" / ".env")

    def rendered(self, project: str) -> Mapping[str, str]:
        return env_values(self.root / "deploy" / "compose" / project / ".env")

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.values['ORDER_HTTP_PORT']}"

    @property
    def api_key(self) -> str:
        return self.rendered("order")["ORDER_API_KEYS"].split(",")[0]

    def secrets(self) -> dict[str, str]:
        """Return the generated secrets, and the secret part of the bot's token."""
        template = env_values(self.root / "deploy" / "env" / ".env.template")
        made = {
            name: self.values[name].removeprefix(before.removesuffix(TO_BE_MADE))
            for name, before in template.items()
            if before.endswith(TO_BE_MADE)
        }
        token = self.values[TOKEN].partition(":")[2]
        return {**made, **({TOKEN: token} if token else {})}

    def bash(self, script: str) -> str:
        """Run a script in the folder as a user; return its output. Raises Problem."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.root,
            env=dict(self.docker.shell),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Problem(f"{script}\nends with {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def documented(self, beginning: str) -> str:
        """Run the block of docs/deploy.md with this beginning at the real API. Raises Problem."""
        return self.bash(_block(beginning).replace("http://127.0.0.1:8080", self.api))

    def edit(self, chosen: Mapping[str, str]) -> None:
        """Change values in .env and render it as docs/deploy.md says. Raises Problem."""
        path = self.root / "deploy" / "env" / ".env"
        text = path.read_text(encoding="utf-8")
        for name, value in chosen.items():
            text, edited = re.subn(rf"^{name}=.*$", f"{name}={value}", text, flags=re.MULTILINE)
            if edited != 1:
                raise Problem(f"{name} is {edited} times in .env")
        path.write_text(text, encoding="utf-8")
        self.bash("make env")

    def move_ports(self) -> list[str]:
        """Move ports that may be taken; return the moved variables.

        Linux also gives such ports to connections, so a port that is free now may be taken
        a minute later.
        """
        lowest, highest = map(int, OUTGOING_PORTS.read_text(encoding="ascii").split())
        moved = {
            name: port
            for name in PORTS
            if lowest <= (port := int(self.values[name])) <= highest or is_busy(port)
        }
        self.edit({name: str(free_port()) for name in moved})
        return [f"{name}={self.values[name]} instead of {port}" for name, port in moved.items()]


def command(beginning: str) -> str:
    """Return the only line of docs/deploy.md with this beginning."""
    (line,) = (
        line
        for line in GUIDE.read_text(encoding="utf-8").splitlines()
        if line.startswith(beginning)
    )
    return line.partition("     #")[0]


def clone(folder: Path, docker: Docker) -> Checkout:
    """Clone this repository with its uncommitted changes, under umask 077."""
    closed = os.umask(0o077)
    try:
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        for name in filter(None, listed.stdout.split("\0")):
            _take_over(ROOT / name, folder / name)
    finally:
        os.umask(closed)
    return Checkout(root=folder, docker=docker)


def _take_over(source: Path, target: Path) -> None:
    if not source.exists():
        target.unlink(missing_ok=True)
    elif not target.exists() or source.read_bytes() != target.read_bytes():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        target.chmod(source.stat().st_mode & 0o700)


def _block(beginning: str) -> str:
    blocks = re.findall(
        r"^```\w*\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    (found,) = (block for block in blocks if block.startswith(beginning))
    return str(found)
