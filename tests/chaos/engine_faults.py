"""Engines that forget, die, freeze and hang up."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import psycopg2
from psycopg2.extensions import connection

from libs.engines.engine import LOOPBACK
from libs.engines.postgres import SUPERUSER
from tests.chaos.scenario import Scenario, Stage

FLUSHES = 3

CUTS = 10
CUT_EVERY_S = 3.0

LOCKED_S = 10.0

CUT_ALL = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


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


def cut_connections(stage: Stage) -> int:
    """End every session of PostgreSQL, every three seconds."""
    for _ in range(CUTS):
        with superuser(stage, database="postgres") as session, session.cursor() as cursor:
            cursor.execute(CUT_ALL)
        stage.go_on_for(CUT_EVERY_S)
    return CUTS


def lock_orders(stage: Stage) -> int:
    """Hold the lock of every order that there is, as a forgotten session would."""
    with superuser(stage, database="order") as session, session.cursor() as cursor:
        cursor.execute("SELECT FROM orders FOR UPDATE")
        stage.go_on_for(LOCKED_S)
        session.rollback()
    return 1


@contextmanager
def superuser(stage: Stage, *, database: str) -> Iterator[connection]:
    environments = stage.chaos.stack.environments
    session = psycopg2.connect(
        host=LOOPBACK,
        port=environments.ports.postgres,
        user=SUPERUSER,
        password=environments.passwords.postgres,
        dbname=database,
    )
    try:
        yield session
    finally:
        session.close()


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
    Scenario(
        name="mongo-kill",
        about="the inventory's database killed, 10 s later started",
        fault=partial(kill_engine, name="mongo", down_s=10.0),
    ),
    Scenario(
        name="postgres-cut",
        about="every database connection is cut every 3 s for 30 s",
        fault=cut_connections,
    ),
    Scenario(name="postgres-lock", about="every order is locked for 10 s", fault=lock_orders),
)
