"""Fills tables in seconds as they are after years."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Connection, Engine, text

from libs.postgres.deadline import no_deadline

OTHER_INDEXES = text("""
    SELECT indexname, indexdef FROM pg_indexes
    WHERE tablename = :table AND indexname NOT IN (SELECT conname FROM pg_constraint)
""")

REFERENCES = text("""
    SELECT conname, conrelid::regclass AS "table" FROM pg_constraint
    WHERE contype = 'f' AND conrelid::regclass::text = ANY(:tables)
""")


Fill = Callable[[Connection], None]


def fill_tables(engine: Engine, tables: Mapping[str, Fill]) -> None:
    """Fill the tables in parallel, then create their indexes and ANALYZE.

    Does not check foreign keys.
    """
    with no_deadline():
        with engine.begin() as tx:
            for name, table in tx.execute(REFERENCES, {"tables": list(tables)}).all():
                tx.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda each: _fill(engine, *each), tables.items()))


def _fill(engine: Engine, table: str, fill: Fill) -> None:
    with engine.begin() as tx:
        tx.execute(
            text("SET LOCAL statement_timeout = 0; SET LOCAL maintenance_work_mem = '256MB'")
        )
        tx.execute(text(f"ALTER TABLE {table} SET UNLOGGED"))
        indexes = tx.execute(OTHER_INDEXES, {"table": table}).all()
        for name, _ in indexes:
            tx.execute(text(f"DROP INDEX {name}"))
        fill(tx)
        for _, definition in indexes:
            tx.execute(text(definition))
        tx.execute(text(f"ANALYZE {table}"))
