"""Transactions that are safe to run twice."""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import stamina
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from libs.postgres.engine import DatabaseUnavailable, first_line, is_out_of_means, is_transient

T = TypeVar("T")

ATTEMPTS = 3

TRY_LOCK = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
UNLOCK = text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))")


def run_transaction(engine: Engine, work: Callable[[Connection], T]) -> T:
    """Run work in one transaction, again if the connection or the serialization was lost.

    The work must be idempotent: a commit whose answer was lost runs again. Raises
    DatabaseUnavailable after three attempts; lets every other database error through.
    """
    try:
        for attempt in stamina.retry_context(
            on=is_transient, attempts=ATTEMPTS, wait_initial=0.05, wait_max=0.5, timeout=6
        ):
            with attempt, engine.begin() as connection:
                return work(connection)
    except PoolTimeout as error:
        raise DatabaseUnavailable("no free database connection") from error
    except DBAPIError as error:
        if may_be_tried_again(error):
            raise DatabaseUnavailable(first_line(error)) from error
        raise
    raise AssertionError("stamina ends by a result or an exception")


@contextmanager
def advisory_lock(engine: Engine, name: str) -> Iterator[bool]:
    """Hold the database-wide lock of that name; yields False at once if somebody else has it.

    The lock belongs to a connection of its own and goes with it: at once when the process dies,
    within 25 s when its machine vanishes.
    Raises DatabaseUnavailable when there is no connection to be had.
    """
    with contextlib.closing(autocommit_connection(engine)) as connection:
        if not _try_lock(connection, name):
            yield False
            return
        try:
            yield True
        finally:
            _unlock(connection, name)


def autocommit_connection(engine: Engine) -> Connection:
    """Take a connection from the pool; the caller closes it. Raises DatabaseUnavailable."""
    try:
        return engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    except PoolTimeout as error:
        raise DatabaseUnavailable("no free database connection") from error
    except DBAPIError as error:
        raise DatabaseUnavailable(first_line(error)) from error


def _try_lock(connection: Connection, name: str) -> bool:
    try:
        return bool(connection.execute(TRY_LOCK, {"name": name}).scalar_one())
    except DBAPIError as error:
        raise DatabaseUnavailable(first_line(error)) from error


def _unlock(connection: Connection, name: str) -> None:
    try:
        connection.execute(UNLOCK, {"name": name})
    except DBAPIError:
        connection.invalidate()


def may_be_tried_again(error: DBAPIError) -> bool:
    """Whether the database is away or not ready, and nothing is wrong with the statement."""
    return is_transient(error) or is_out_of_means(error) or _is_not_ready(error)


def _is_not_ready(error: DBAPIError) -> bool:
    """Whether the server lives but can not do this now.

    It is too slow (statement_timeout 57014, lock_timeout 55P03), or its schema has not been
    migrated yet (no such table 42P01, no such column 42703).
    """
    return getattr(error.orig, "pgcode", None) in {"57014", "55P03", "42P01", "42703"}
