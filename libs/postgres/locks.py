"""Reads which database sessions hold rows, also rows that others skip."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, text

from libs.postgres.transactions import run_autocommit

HOLDS_ROWS = """
    held.locktype = 'relation' AND held.granted
        AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND held.relation IN (SELECT oid FROM pg_class WHERE relkind IN ('r', 'p'))
        AND held.mode IN ('RowShareLock', 'RowExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock',
            'ExclusiveLock', 'AccessExclusiveLock')
"""

HOLDERS = text(f"""
    SELECT held.pid, held.virtualtransaction AS transaction, holder.usename AS user_name,
        holder.xact_start AS since, array_agg(DISTINCT held.relation::regclass::text) AS tables,
        (
            SELECT count(*) FROM pg_stat_activity AS waiting
            WHERE waiting.wait_event_type = 'Lock' AND held.pid = ANY(pg_blocking_pids(waiting.pid))
        ) AS blocks
    FROM pg_locks AS held JOIN pg_stat_activity AS holder USING (pid)
    WHERE {HOLDS_ROWS} AND held.pid <> pg_backend_pid()
        AND holder.wait_event_type IS DISTINCT FROM 'Lock'
    GROUP BY held.pid, transaction, user_name, since
    LIMIT 100
""")  # noqa: S608  # constant of this module
"""A session that waits for a lock has one too, on the table, and is not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A session that writes, or holds rows. since is hidden if it is another user's."""

    pid: int
    transaction: str
    user_name: str
    since: datetime | None
    tables: Sequence[str]
    blocks: int

    @property
    def key(self) -> tuple[int, str]:
        return self.pid, self.transaction


def lock_holders(engine: Engine) -> list[Holder]:
    """Return the sessions whose transaction holds rows now. Raises DatabaseUnavailable."""

    def read(tx: Connection) -> list[Holder]:
        return [Holder(**row) for row in tx.execute(HOLDERS).mappings()]

    return run_autocommit(engine, read)
