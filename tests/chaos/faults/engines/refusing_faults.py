"""Redis that answers but refuses writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from deploy.local.engines.engine import LOOPBACK
from deploy.local.engines.ports import free_port, release_port
from deploy.local.engines.process import EngineProcess
from deploy.local.engines.valkey import Valkey
from tests.chaos.scenario import RunningSystem, Scenario

REFUSED_S = 120.0

FILES = 1024
"""Default limit of open files of a process."""

ERROR, TOLD, TRACEBACK = '"level": "error"', "redis_refuses", '"exception": ['
"""Log lines of one outage."""

PER_S = 3.0
"""The chat is two minutes behind and catches up at Telegram's rate limit."""

WORKERS = ("order-worker", "assembly-worker", "notification-worker")


def refuse_writes(system: RunningSystem, *, setting: str) -> int:
    """Set the setting to 1, so that every write is refused, and undo it."""
    with _watched(system), system.redis() as redis:
        before = redis.config_get(setting)[setting]
        redis.config_set(setting, "1")
        system.go_on_for(REFUSED_S)
        redis.config_set(setting, before)
    return 1


def as_replica(system: RunningSystem) -> int:
    """Make it the replica of an empty server, as a failed failover does, and undo it."""
    port = free_port()
    with TemporaryDirectory(dir=system.chaos.stack.folders.local) as folder:
        other = Valkey(state=Path(folder) / "other-redis", port=port)
        with _watched(system), EngineProcess(other), system.redis() as redis:
            redis.replicaof(LOOPBACK, port)
            system.go_on_for(REFUSED_S)
            redis.replicaof("NO", "ONE")
    release_port(port)
    return 1


@contextmanager
def _watched(system: RunningSystem) -> Iterator[None]:
    """Check that no worker opens more files than usual and that each logs the cause once."""
    for name in WORKERS:
        psutil.Process(system.roles.pid(name)).rlimit(psutil.RLIMIT_NOFILE, (FILES, FILES))
    before = {name: len(system.log_of(name)) for name in WORKERS}
    yield
    for name in WORKERS:
        said = system.log_of(name)[before[name] :]
        if (errors := said.count(ERROR)) != 1 or said.count(TOLD) != 1 or TRACEBACK in said:
            system.complaints.append(f"{name} wrote {errors} errors, not one that Redis refuses")


REFUSING_SCENARIOS = (
    Scenario(
        "redis-readonly",
        "Redis refuses every write for two minutes; workers may open 1,024 files",
        partial(refuse_writes, setting="min-replicas-to-write"),
        per_s=PER_S,
    ),
    Scenario(
        "redis-replica",
        "Redis is the replica of an empty server for two minutes and loses all data",
        as_replica,
        per_s=PER_S,
    ),
    Scenario(
        "redis-full",
        "Redis has no memory left for two minutes; workers may open 1,024 files",
        partial(refuse_writes, setting="maxmemory"),
        per_s=PER_S,
    ),
)
