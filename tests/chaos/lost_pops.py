"""Messages that Redis has given away and that nobody has read: their worker dies with them."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress

import psutil
from redis import Redis

from tests.chaos.scenario import Stage
from tests.chaos.supervising import Supervised

WORKERS = ("assembly-worker", "order-worker", "notification-worker")
ROUNDS = 3

DIES_WITHIN_S = 15.0
POPS_WITHIN_S = 0.9
"""Below the second for which a worker's BRPOP waits."""

LOOK_EVERY_S = 0.01

SMALLEST_MESSAGE_BYTES = 100
"""The answer that there is no message has five."""

Connection = Mapping[str, str]
"""A line of CLIENT LIST."""


def lose_pops(stage: Stage) -> int:
    """Let each worker die with a message in its socket, again and again."""
    died = Counter[str]()
    for _ in range(ROUNDS):
        for name in stage.random.sample(WORKERS, len(WORKERS)):
            with stage.redis() as redis:
                died[name] += _loses_one(redis, stage.roles, name)
    stage.complaints.extend(
        f"{name} never died with a message" for name in WORKERS if not died[name]
    )
    return died.total()


def _loses_one(redis: Redis, roles: Supervised, name: str) -> bool:
    deadline = time.monotonic() + DIES_WITHIN_S
    while time.monotonic() < deadline:
        # One that was killed is named until supervisor has noticed it.
        with suppress(psutil.NoSuchProcess):
            if _dies_with_a_message(redis, psutil.Process(roles.pid(name))):
                return True
    return False


def _dies_with_a_message(redis: Redis, worker: psutil.Process) -> bool:
    """Freeze it while it waits for a message, and kill it once Redis has sent it one."""
    ports = {str(each.laddr.port) for each in worker.net_connections("tcp")}
    worker.suspend()
    waiting = waiting_for_message(redis.client_list(), ports)
    if waiting and _is_sent_a_message(redis, waiting):
        worker.kill()
        return True
    worker.resume()
    time.sleep(LOOK_EVERY_S)
    return False


def _is_sent_a_message(redis: Redis, waiting: Connection) -> bool:
    deadline = time.monotonic() + POPS_WITHIN_S
    while time.monotonic() < deadline:
        if message_bytes(redis.client_list(), waiting) >= SMALLEST_MESSAGE_BYTES:
            return True
        time.sleep(LOOK_EVERY_S)
    return False


def waiting_for_message(connections: Iterable[Connection], ports: set[str]) -> Connection | None:
    """Return the connection from one of these ports that hangs in BRPOP."""
    for each in connections:
        if each["cmd"] == "brpop" and "b" in each["flags"] and port_of(each) in ports:
            return each
    return None


def message_bytes(connections: Iterable[Connection], waiting: Connection) -> int:
    """Count what Redis has sent on the connection since it was seen waiting."""
    for each in connections:
        if each["id"] == waiting["id"]:
            return int(each["tot-net-out"]) - int(waiting["tot-net-out"])
    return 0


def port_of(connection: Connection) -> str:
    return connection["addr"].rpartition(":")[2]
