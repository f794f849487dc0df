"""Reads a stack's databases as an operator."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from psycopg2.extensions import connection

from deploy.local.engines.engine import LOOPBACK
from deploy.local.engines.postgres import SUPERUSER
from tests.chaos.scenario import RunningSystem


@contextmanager
def superuser(system: RunningSystem, *, database: str) -> Iterator[connection]:
    environments = system.chaos.stack.environments
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


def rows_of(
    system: RunningSystem, database: str, statement: str, *values: object
) -> list[tuple[Any, ...]]:
    with superuser(system, database=database) as session, session.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall()
