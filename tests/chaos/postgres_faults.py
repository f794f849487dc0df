"""Databases that die, hang up and lock."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import psycopg2
from psycopg2.extensions import connection

from libs.engines.engine import LOOPBACK
from libs.engines.postgres import SUPERUSER
from tests.chaos.engine_faults import freeze_engine, kill_engine
from tests.chaos.scenario import NOTHING_HELD_S, Scenario, Stage
from tests.chaos.survival import survived

CUTS = 10
CUT_EVERY_S = 3.0

LOCKED_S = 10.0

CUT_ALL = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


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


DATABASE_SCENARIOS = (
    Scenario(
        name="postgres-kill",
        about="PostgreSQL killed, 5 s later started",
        fault=survived(partial(kill_engine, name="postgres", down_s=5.0)),
        builds_within_s=NOTHING_HELD_S,
    ),
    Scenario(
        name="postgres-freeze",
        about="PostgreSQL frozen for 30 s",
        fault=survived(partial(freeze_engine, name="postgres", for_s=30.0)),
        builds_within_s=NOTHING_HELD_S,
    ),
    Scenario(
        name="mongo-kill",
        recovers_within_s=NOTHING_HELD_S,
        about="the inventory's database killed, 10 s later started",
        fault=survived(partial(kill_engine, name="mongo", down_s=10.0)),
    ),
    Scenario(
        name="postgres-cut",
        about="every database connection is cut every 3 s for 30 s",
        fault=survived(cut_connections),
        builds_within_s=NOTHING_HELD_S,
    ),
    Scenario(
        name="postgres-lock",
        about="every order is locked for 10 s",
        fault=survived(lock_orders),
        builds_within_s=NOTHING_HELD_S,
    ),
)
