"""What must be true of the running containers, whatever they do."""

import re
import urllib.error
import urllib.request

from libs.testing.leaks import leaks
from tests.rehearsal.checkout import Checkout
from tests.rehearsal.docker import Docker
from tests.rehearsal.problem import Problem

SPARE = 0.75
"""The share of its memory limit that a container may use when little happens."""

PROBE = """
import os, sys
for folder in ("/", "/app", "/opt/venv", "/var/tmp", "/etc"):
    try:
        open(os.path.join(folder, "probe"), "w")
    except OSError:
        continue
    sys.exit(f"{folder} is writable")
"""

UNITS = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def check_writes(docker: Docker, names: list[str]) -> None:
    """Try to write where nothing should be written. Raises Problem."""
    for name in names:
        done = docker.run("exec", name, "python", "-c", PROBE)
        if done.returncode:
            raise Problem(f"{name}: {done.stderr.strip()}")


def memory_table(docker: Docker) -> list[str]:
    """Say what each container uses of its limit, in MiB. Raises Problem where it is too tight."""
    lines = docker("stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}").splitlines()
    table = []
    for line in sorted(lines):
        name, used, _, limit = line.split()
        table.append(f"{name} {_bytes(used) >> 20} of {_bytes(limit) >> 20}")
        if _bytes(used) > SPARE * _bytes(limit):
            raise Problem(f"memory is too tight: {table[-1]}")
    return table


def _bytes(text: str) -> int:
    number, unit = re.fullmatch(r"([\d.]+)(\w+)", text).groups()  # type: ignore[union-attr]  # docker's own format
    return int(float(number) * UNITS[unit])


def check_doors(checkout: Checkout) -> list[str]:
    """Knock without a password everywhere; return where. Raises Problem if one door is open."""
    docker = checkout.docker
    api, flower = (
        f"{checkout.api}/api/v1/orders",
        f"http://127.0.0.1:{checkout.values['CORE_FLOWER_PORT']}/",
    )
    tried = {
        "order-http": _serves(api),
        "flower": _serves(flower),
        "redis": "PONG"
        in docker.run("exec", "--env", "REDISCLI_AUTH=", "redis", "redis-cli", "ping").stdout,
        "kafka": _broker_answers(docker, checkout),
        "order-postgres": _database_opens(docker, "order"),
        "notification-postgres": _database_opens(docker, "notification"),
    }
    if found := [name for name, is_open in tried.items() if is_open]:
        raise Problem(f"open to everybody: {', '.join(found)}")
    return list(tried)


def _serves(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=10).close()  # noqa: S310  # loopback
    except urllib.error.HTTPError as error:
        return error.code != 401
    return True


def _broker_answers(docker: Docker, checkout: Checkout) -> bool:
    port = checkout.values["CORE_KAFKA_INTERNAL_PORT"]
    words = (
        "env",
        "KAFKA_HEAP_OPTS=-Xmx64m",
        "kafka-broker-api-versions",
        "--bootstrap-server",
        f"localhost:{port}",
    )
    return docker.run("exec", "kafka", "timeout", "10", *words).returncode == 0


def _database_opens(docker: Docker, service: str) -> bool:
    """Log in with a wrong password, over the network."""
    name = f"{service}-postgres"
    words = ("psql", f"--host={name}", f"--username={service}", "--command=SELECT 1", service)
    return docker.run("exec", "--env", "PGPASSWORD=wrong", name, *words).returncode == 0


def check_logs(checkout: Checkout) -> int:
    """Look for every secret in every log; return how many logs there are. Raises Problem."""
    names = checkout.docker.containers()
    logs = [(name, checkout.docker.log(name).encode()) for name in names]
    if found := leaks(checkout.secrets(), logs):
        raise Problem(f"secrets are in the logs: {', '.join(sorted(found))}")
    return len(logs)
