"""Flower; it gets only the URL of Redis."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import yaml

from deploy.local.engines.ports import free_port
from tests.integration.libs.security.redis_users import COMPOSE_FILE
from tests.support.servers.telegram import DIRECT


def variables_of_flower() -> dict[str, str]:
    services = yaml.safe_load(COMPOSE_FILE.read_text())["services"]
    return dict(services["flower"]["environment"])


@contextmanager
def flower(url: str) -> Iterator[Callable[[str], Any]]:
    """Run Flower with its container's variables; yield a function that calls its API."""
    port = free_port()
    options = ("--address=127.0.0.1", f"--port={port}", "--read_only")
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "flower", *options],
        env={
            **os.environ,
            **variables_of_flower(),
            "CELERY_BROKER_URL": url,
            "FLOWER_UNAUTHENTICATED_API": "true",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def ask(path: str) -> Any:
        try:
            with DIRECT.open(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return json.load(answer)
        except OSError:
            return None

    try:
        yield ask
    finally:
        process.terminate()
        process.wait(20)
