"""What the stack's databases say, by statements that are cheap beside the work measured."""

import math
from collections.abc import Sequence
from typing import Any

import psycopg2
from psycopg2.extensions import connection

from deploy.local.engines.engine import LOOPBACK

STATEMENT_TIMEOUT_MS = 120_000

LATENESS = """
    SELECT extract(epoch FROM assembled_at - paid_at) - build_time_s
    FROM orders
    WHERE status = 'ASSEMBLED' AND paid_at >= to_timestamp(%s)
    ORDER BY paid_at
"""

OVERDUE = """
    SELECT count(*) FROM orders
    WHERE status = 'PAID' AND paid_at < now() - interval '11 seconds'
"""

MIDDLE = """
    SELECT 0.8 * count(*) / nullif(extract(epoch FROM
        percentile_disc(0.9) WITHIN GROUP (ORDER BY assembled_at)
        - percentile_disc(0.1) WITHIN GROUP (ORDER BY assembled_at)), 0)
    FROM orders WHERE assembled_at >= to_timestamp(%s)
"""

LONGEST_BUILD_S = 10


def connect(port: int, password: str, name: str) -> connection:
    """Open a connection to a service's database; each statement is its own transaction."""
    opened = psycopg2.connect(
        host=LOOPBACK,
        port=port,
        user=name,
        password=password,
        dbname=name,
        application_name="bench",
        options=f"-c statement_timeout={STATEMENT_TIMEOUT_MS}",
    )
    opened.autocommit = True
    return opened


class Orders:
    def __init__(self, opened: connection) -> None:
        self.connection = opened

    def close(self) -> None:
        self.connection.close()

    def unassembled(self) -> int:
        return int(
            _rows(self.connection, "SELECT count(*) FROM orders WHERE status = 'PAID'")[0][0]
        )

    def overdue(self) -> int:
        """Count the paid orders whose longest build time is over for a second."""
        return int(_rows(self.connection, OVERDUE)[0][0])

    def events(self) -> int:
        """Count what the chat is told of: payments and assemblies."""
        statement = "SELECT count(paid_at) + count(assembled_at) FROM orders"
        return int(_rows(self.connection, statement)[0][0])

    def now_s(self) -> float:
        """Return the database's time in seconds since 1970."""
        return float(_rows(self.connection, "SELECT extract(epoch FROM clock_timestamp())")[0][0])

    def lateness(self, *, paid_since_s: float) -> list[float]:
        """Return assembled - paid - build time in seconds, in the order of payment."""
        return [float(late) for (late,) in _rows(self.connection, LATENESS, paid_since_s)]

    def flow_per_s(self, *, since_s: float) -> float:
        """Return how many orders became ASSEMBLED per second, without the first and last tenth."""
        return float(_rows(self.connection, MIDDLE, since_s)[0][0] or math.nan)

    def last_assembled_s(self) -> float:
        """Return the time of the last ASSEMBLED in seconds since 1970."""
        last = _rows(self.connection, "SELECT extract(epoch FROM max(assembled_at)) FROM orders")
        return float(last[0][0] or 0)


class Deliveries:
    def __init__(self, opened: connection) -> None:
        self.connection = opened

    def close(self) -> None:
        self.connection.close()

    def count(self) -> int:
        return int(_rows(self.connection, "SELECT count(*) FROM deliveries")[0][0])


def _rows(opened: connection, statement: str, *values: object) -> Sequence[tuple[Any, ...]]:
    with opened.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
