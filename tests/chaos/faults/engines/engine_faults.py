"""Faults of any engine, and ships that only the database knows."""

from tests.chaos.judging.stores.database import rows_of
from tests.chaos.scenario import RunningSystem

WORKER = "assembly-worker"

REDRIVES = "SELECT coalesce(sum(redrives), 0)::integer FROM outbox"


def kill_engine(system: RunningSystem, *, name: str, down_s: float) -> int:
    """Kill it, and start it later with its data."""
    engine = system.engines[name]
    engine.kill()
    system.go_on_for(down_s)
    engine.restart()
    return 1


def freeze_engine(system: RunningSystem, *, name: str, for_s: float) -> int:
    """Freeze it: connections stay open and nothing answers."""
    engine = system.engines[name]
    engine.freeze()
    system.go_on_for(for_s)
    engine.thaw()
    return 1


def forget_ships(system: RunningSystem) -> None:
    """Wipe Redis and kill the worker that holds the countdowns."""
    with system.redis() as redis:
        redis.flushall()
        system.roles.kill(WORKER)
    system.roles.wait_for(WORKER)


def redrives(system: RunningSystem) -> int:
    [(times,)] = rows_of(system, "order", REDRIVES)
    return int(times)
