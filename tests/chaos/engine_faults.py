"""Engines that forget, die and freeze."""

from functools import partial

from tests.chaos.scenario import Scenario, Stage

FLUSHES = 3


def flush_redis(stage: Stage) -> int:
    """Make Redis forget everything, again and again."""
    for _ in range(FLUSHES):
        with stage.redis() as redis:
            redis.flushall()
        stage.go_on_for(stage.random.uniform(1.0, 4.0))
    return FLUSHES


def kill_engine(stage: Stage, *, name: str, down_s: float) -> int:
    """Kill it, and start it later on what it has on disk."""
    engine = stage.engines[name]
    engine.kill()
    stage.go_on_for(down_s)
    engine.start()
    engine.wait_ready()
    return 1


def freeze_engine(stage: Stage, *, name: str, for_s: float) -> int:
    """Stop it in its tracks: connections stay open and nothing answers."""
    engine = stage.engines[name]
    engine.freeze()
    stage.go_on_for(for_s)
    engine.thaw()
    return 1


ENGINE_SCENARIOS = (
    Scenario(name="redis-flush", about="FLUSHALL three times", fault=flush_redis),
    Scenario(
        name="redis-kill",
        about="Redis killed, 5 s later started with its append-only file",
        fault=partial(kill_engine, name="redis", down_s=5.0),
    ),
    Scenario(
        name="redis-freeze",
        about="Redis frozen for 30 s",
        fault=partial(freeze_engine, name="redis", for_s=30.0),
    ),
    Scenario(
        name="kafka-kill",
        about="Kafka killed, back after 60 s",
        fault=partial(kill_engine, name="kafka", down_s=60.0),
    ),
    Scenario(
        name="kafka-freeze",
        about="Kafka frozen for 15 s in the middle of sends",
        fault=partial(freeze_engine, name="kafka", for_s=15.0),
    ),
    Scenario(
        name="postgres-kill",
        about="PostgreSQL killed, 5 s later started",
        fault=partial(kill_engine, name="postgres", down_s=5.0),
    ),
)
