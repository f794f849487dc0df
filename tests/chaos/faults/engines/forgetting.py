"""Lets Redis and a worker forget ships, so that only the database knows them."""

from tests.chaos.judging.stores.database import rows_of
from tests.chaos.scenario import RunningSystem

WORKER = "assembly-worker"

REDRIVES = "SELECT coalesce(sum(redrives), 0)::integer FROM outbox"


def forget_ships(system: RunningSystem) -> None:
    """Wipe Redis and kill the worker that holds the countdowns."""
    with system.redis() as redis:
        redis.flushall()
        system.roles.kill(WORKER)
    system.roles.wait_for(WORKER)


def redrives(system: RunningSystem) -> int:
    """Count the redrives."""
    [(times,)] = rows_of(system, "order", REDRIVES)
    return int(times)
