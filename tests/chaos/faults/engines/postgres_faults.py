"""Databases that die, end sessions and lock rows."""

from functools import partial

from tests.chaos.faults.engines.engine_faults import freeze_engine, kill_engine
from tests.chaos.judging.stores.database import rows_of, superuser
from tests.chaos.scenario import RunningSystem, nothing_held

CUTS = 10
CUT_EVERY_S = 3.0

LOCKED_S = 10.0

CUT_ALL = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


def cut_connections(system: RunningSystem) -> int:
    """End every session of PostgreSQL, every three seconds."""
    for _ in range(CUTS):
        rows_of(system, "postgres", CUT_ALL)
        system.go_on_for(CUT_EVERY_S)
    return CUTS


def lock_orders(system: RunningSystem) -> int:
    """Lock every order, as a forgotten session would."""
    with superuser(system, database="order") as session, session.cursor() as cursor:
        cursor.execute("SELECT FROM orders FOR UPDATE")
        system.go_on_for(LOCKED_S)
        session.rollback()
    return 1


DATABASE_SCENARIOS = (
    nothing_held(
        "postgres-kill",
        "PostgreSQL killed, started 16 s later",
        partial(kill_engine, name="postgres", down_s=16.0),
    ),
    nothing_held(
        "postgres-freeze",
        "PostgreSQL frozen for 30 s",
        partial(freeze_engine, name="postgres", for_s=30.0),
    ),
    nothing_held(
        "mongo-kill",
        "the inventory's database killed, started 10 s later",
        partial(kill_engine, name="mongo", down_s=10.0),
    ),
    nothing_held(
        "postgres-cut", "every database connection is cut every 3 s for 30 s", cut_connections
    ),
    nothing_held("postgres-lock", "every order is locked for 10 s", lock_orders),
)
