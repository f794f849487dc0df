"""A worker, its clients and Flower; each gets only the URL of Redis."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from deploy.local.engines.ports import free_port
from libs.tasks.app import create_celery
from libs.tasks.enqueue import TaskCall, TaskQueue
from tests.integration.libs.security.redis_users import COMPOSE_FILE
from tests.support.roles import RoleProcess, running_role
from tests.support.servers.telegram import DIRECT

WORKER = "tests.integration.libs.tasks.tiny_worker"

QUEUE = "assembly"


def variables_of_a_worker(url: str, folder: Path) -> dict[str, str]:
    return {
        "CELERY_BROKER_URL": url,
        "QUEUE": QUEUE,
        "TRACE": str(folder / "trace"),
        "STATE_DIR": str(folder / "state"),
        "TICKING": "regularly",
    }


@contextmanager
def working(variables: dict[str, str]) -> Iterator[RoleProcess]:
    with running_role(WORKER, "worker", variables) as worker:
        worker.wait_for_output(" ready.")
        yield worker


def traces(variables: dict[str, str], text: str) -> int:
    trace = Path(variables["TRACE"])
    return trace.read_text().count(f" {text}\n") if trace.exists() else 0


def enqueue(url: str, name: str, *, countdown_s: float = 0.0, **arguments: object) -> None:
    queue = TaskQueue(create_celery("tests", url, queues=(QUEUE,)))
    queue.enqueue([TaskCall(name=name, queue=QUEUE, kwargs=arguments, countdown_s=countdown_s)])


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
