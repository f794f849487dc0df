"""The Redis of the containers: its server arguments and its users."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import yaml

from tests.support.roles import ROOT

COMPOSE_FILE = ROOT / "deploy" / "compose" / "core" / "docker-compose.yml"

WORDS: Mapping[str, str] = {
    "services": "word-of-services",
    "flower": "word-of-flower",
    "operator": "word-of-operator",
    "exporter": "word-of-exporter",
    "reader": "word-of-reader",
}


def configured_users(folder: Path) -> str:
    """Run the container's command with a server that only prints its configuration."""
    server = folder / "redis-server"
    server.write_text("#!/bin/sh\nexec cat\n")
    server.chmod(0o700)
    shell, option, script = yaml.safe_load(COMPOSE_FILE.read_text())["services"]["redis"]["command"]
    return subprocess.run(
        [shell, option, script.replace("$$", "$")],
        env={
            "PATH": f"{folder}:{os.environ['PATH']}",
            "REDIS_PASSWORD": WORDS["services"],
            "REDIS_FLOWER_PASSWORD": WORDS["flower"],
            "REDIS_OPERATOR_PASSWORD": WORDS["operator"],
            "REDIS_EXPORTER_PASSWORD": WORDS["exporter"],
            "REDIS_READER_PASSWORD": WORDS["reader"],
        },
        capture_output=True,
        text=True,
        check=True,
    ).stdout
