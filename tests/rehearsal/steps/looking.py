"""Checks of the running containers that hold at any time."""

import re
from http import HTTPStatus
from urllib.error import HTTPError

from tests.rehearsal.building.checkout import Checkout
from tests.rehearsal.docker_engine.docker import OF_COMPOSE, Docker
from tests.rehearsal.problem import Problem
from tests.support.leaks import leaks
from tests.support.servers.telegram import DIRECT

SPARE = 0.75
"""Share of its memory limit that an idle container may use."""

CLOSED = ("/", "/app", "/opt/venv", "/var/tmp", "/etc")  # noqa: S108  # tried in a container

PROBE = f"""
import os, sys
for folder in {CLOSED}:
    try:
        open(os.path.join(folder, "probe"), "w")
    except OSError:
        continue
    sys.exit(folder + " is writable")
open("/tmp/probe", "w")
os.remove("/tmp/probe")
"""
"""Fails if a read-only folder is writable or /tmp is not."""

UNITS = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def check_writes(docker: Docker, names: list[str]) -> None:
    """Check that read-only folders cannot be written. Raises Problem."""
    for name in names:
        done = docker.run("exec", name, "python", "-c", PROBE)
        if done.returncode:
            raise Problem(f"{name}: {done.stderr.strip()}")


def memory_table(docker: Docker) -> list[str]:
    """Print each container's memory and limit in MiB. Raises Problem where it is too tight."""
    running = docker("ps", "--filter", OF_COMPOSE, "--format", "{{.Names}}").split()
    stats = docker("stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}", *running)
    table = []
    for line in sorted(stats.splitlines()):
        name, used, _, limit = line.split()
        table.append(f"{name} {_bytes(used) >> 20} of {_bytes(limit) >> 20}")
        if _bytes(used) > SPARE * _bytes(limit):
            raise Problem(f"memory is too tight: {table[-1]}")
    return table


def _bytes(text: str) -> int:
    number, unit = re.fullmatch(r"([\d.]+)(\w+)", text).groups()  # type: ignore[union-attr]  # docker's own format
    return int(float(number) * UNITS[unit])


def check_logins(checkout: Checkout) -> list[str]:
    """Try every port without a password; return where. Raises Problem if one is open.

    Checks the login with the password for the databases only; other steps use the others.
    """
    docker = checkout.docker
    tried = {
        "order-http": _serves(f"{checkout.api}/api/v1/orders"),
        "flower": _serves(f"http://127.0.0.1:{checkout.values['CORE_FLOWER_PORT']}/"),
        "redis": _redis_answers(docker),
        "kafka": _broker_answers(docker, checkout.values["CORE_KAFKA_INTERNAL_PORT"]),
    }
    for service in ("order", "notification"):
        password = checkout.rendered(service)["POSTGRES_PASSWORD"]
        if not _database_opens(docker, service, password):
            raise Problem(f"{service}-postgres refuses its own password")
        tried[f"{service}-postgres"] = _database_opens(docker, service, password[::-1])
    if found := [name for name, is_open in tried.items() if is_open]:
        raise Problem(f"open without a password: {', '.join(found)}")
    return list(tried)


def _serves(url: str) -> bool:
    try:
        DIRECT.open(url, timeout=10).close()
    except HTTPError as error:
        return error.code != HTTPStatus.UNAUTHORIZED
    return True


def _redis_answers(docker: Docker) -> bool:
    asked = docker.run("exec", "--env", "REDISCLI_AUTH=", "redis", "redis-cli", "ping")
    return "PONG" in asked.stdout


def _broker_answers(docker: Docker, port: str) -> bool:
    tool = ("kafka-broker-api-versions", "--bootstrap-server", f"localhost:{port}")
    return docker.run("exec", "kafka", "timeout", "10", *tool).returncode == 0


def _database_opens(docker: Docker, service: str, password: str) -> bool:
    """Log in over the network; inside its container a database asks for no password."""
    name = f"{service}-postgres"
    words = ("psql", f"--host={name}", f"--username={service}", "--command=SELECT 1", service)
    return docker.run("exec", "--env", f"PGPASSWORD={password}", name, *words).returncode == 0


def check_logs(checkout: Checkout) -> int:
    """Search every log for every secret; return the number of logs. Raises Problem."""
    names = checkout.docker.containers()
    logs = [(name, checkout.docker.log(name).encode()) for name in names]
    if found := leaks(checkout.secrets(), logs):
        raise Problem(f"secrets are in the logs: {', '.join(sorted(found))}")
    return len(logs)
