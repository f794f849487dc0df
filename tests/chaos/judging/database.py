"""A stack's databases, as nobody's role but an operator's."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from psycopg2.extensions import connection

from deploy.local.engines.engine import LOOPBACK
from deploy.local.engines.postgres import SUPERUSER
from tests.chaos.scenario import Stage


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


def rows_of(stage: Stage, database: str, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Return what a query answers."""
    with superuser(stage, database=database) as session, session.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall()
