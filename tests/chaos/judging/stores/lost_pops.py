"""Loses messages that Redis has sent and that a dying worker has not read."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import psutil
from redis import Redis

from tests.chaos.scenario import RunningSystem
from tests.chaos.supervising import Supervised

WORKERS = ("assembly-worker", "order-worker", "notification-worker")
ROUNDS = 3

DIES_WITHIN_S = 15.0
POPS_WITHIN_S = 0.9
"""Shorter than the second for which a worker's BRPOP waits."""

LOOK_EVERY_S = 0.01

SOCKETS = Path("/proc/net/tcp")

SMALLEST_MESSAGE_BYTES = 100
"""Bytes of a message's reply at least; the empty reply has five."""

Connection = Mapping[str, str]
"""A line of CLIENT LIST."""


def lose_pops(system: RunningSystem) -> int:
    """Let each worker die with a message in its socket, again and again."""
    died = Counter[str]()
    for _ in range(ROUNDS):
        for name in system.random.sample(WORKERS, len(WORKERS)):
            with system.redis() as redis:
                died[name] += _loses_one(redis, system.roles, name)
    system.complaints.extend(
        f"{name} never died with a message" for name in WORKERS if not died[name]
    )
    return died.total()


def _loses_one(redis: Redis, roles: Supervised, name: str) -> bool:
    deadline = time.monotonic() + DIES_WITHIN_S
    while time.monotonic() < deadline:
        # supervisor lists a killed process until it notices its end.
        with suppress(psutil.NoSuchProcess):
            worker = psutil.Process(roles.pid(name))
            if _dies_with_a_message(redis, worker):
                roles.excuse(name, ended=worker.pid)
                return True
    return False


def _dies_with_a_message(redis: Redis, worker: psutil.Process) -> bool:
    """Freeze it, and kill it once Redis has sent it a message that it cannot read any more."""
    own = {each.laddr.port for each in worker.net_connections("tcp")}
    popping = popping_ports(redis.client_list()) & own
    worker.suspend()
    if _is_sent_a_message(popping):
        worker.kill()
        return True
    worker.resume()
    time.sleep(LOOK_EVERY_S)
    return False


def _is_sent_a_message(ports: set[int]) -> bool:
    deadline = time.monotonic() + POPS_WITHIN_S
    while time.monotonic() < deadline:
        if unread_bytes(SOCKETS.read_text(encoding="ascii"), ports) >= SMALLEST_MESSAGE_BYTES:
            return True
        time.sleep(LOOK_EVERY_S)
    return False


def popping_ports(connections: Iterable[Connection]) -> set[int]:
    """Return the addresses of clients whose last command was BRPOP."""
    return {int(each["addr"].rpartition(":")[2]) for each in connections if each["cmd"] == "brpop"}


def unread_bytes(sockets: str, ports: set[int]) -> int:
    """Count the unread bytes of these local ports."""
    rows = (line.split() for line in sockets.splitlines()[1:])
    return sum(
        int(queues.rpartition(":")[2], 16)
        for _, local, _, _, queues, *_ in rows
        if int(local.rpartition(":")[2], 16) in ports
    )
