"""Redis that loses its data, dies, freezes, or delivers messages to dying workers."""

import shutil
from functools import partial

from tests.chaos.faults.engines.engine_faults import (
    forget_ships,
    freeze_engine,
    kill_engine,
    redrives,
)
from tests.chaos.judging.stores.lost_pops import lose_pops
from tests.chaos.scenario import RunningSystem, Scenario, nothing_held

FLUSHES = 3

REDRIVEN_WITHIN_S = 60.0


def flush_redis(system: RunningSystem) -> int:
    """Wipe Redis repeatedly, and once kill the worker that holds tasks too."""
    for _ in range(FLUSHES):
        with system.redis() as redis:
            redis.flushall()
        system.go_on_for(system.random.uniform(1.0, 4.0))
    forget_ships(system)
    system.expect(
        lambda: redrives(system),
        lambda: "no forgotten ship had to be redriven",
        within_s=REDRIVEN_WITHIN_S,
    )
    return FLUSHES + 1


def empty_redis(system: RunningSystem, *, down_s: float) -> int:
    """Kill it and start it later on an empty disk."""
    redis = system.engines["redis"]
    redis.kill()
    shutil.rmtree(redis.engine.state)
    system.go_on_for(down_s)
    redis.restart()
    return 1


REDIS_SCENARIOS = (
    Scenario("redis-flush", "FLUSHALL repeatedly", flush_redis),
    Scenario(
        "redis-kill",
        "Redis killed, started 5 s later with its append-only file",
        partial(kill_engine, name="redis", down_s=5.0),
    ),
    Scenario(
        "redis-empty",
        "Redis killed, started 5 s later with an empty disk",
        partial(empty_redis, down_s=5.0),
    ),
    Scenario("redis-pop", "workers are killed with an unread message in their socket", lose_pops),
    nothing_held(
        "redis-freeze", "Redis frozen for 30 s", partial(freeze_engine, name="redis", for_s=30.0)
    ),
)
