"""Retries transactions that are safe to run twice."""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import stamina
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from libs.postgres.engine import DatabaseUnavailable, first_line, is_out_of_means, is_transient

T = TypeVar("T")

ATTEMPTS = 4

_retried = stamina.RetryingCaller(
    attempts=ATTEMPTS - 1, wait_initial=0.05, wait_max=0.5, timeout=3
).on(is_transient)

TRY_LOCK = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
UNLOCK = text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))")


def run_transaction(engine: Engine, work: Callable[[Connection], T]) -> T:
    """Run work in one transaction; retry it after a lost connection or a serialization failure.

    The work must be idempotent: it runs again if the answer to its commit was lost. Raises
    DatabaseUnavailable after four attempts; passes on every other database error.
    """

    def attempt() -> T:
        with engine.begin() as connection:
            return work(connection)

    return _lasting(attempt)


def run_autocommit(engine: Engine, work: Callable[[Connection], T]) -> T:
    """Run work like run_transaction, but each statement is a transaction of its own.

    Saves the round trips of BEGIN and COMMIT, two thirds of the cost of a single statement.
    """

    def attempt() -> T:
        with _autocommit(engine) as connection:
            return work(connection)

    return _lasting(attempt)


def ping(engine: Engine) -> None:
    """One round trip. Raises DatabaseUnavailable."""
    run_autocommit(engine, lambda connection: connection.execute(text("SELECT 1")))


def autocommit_connection(engine: Engine) -> Connection:
    """Take a connection from the pool; the caller closes it. Raises DatabaseUnavailable."""
    try:
        return _autocommit(engine)
    except PoolTimeout as error:
        raise DatabaseUnavailable("no free database connection") from error
    except DBAPIError as error:
        raise DatabaseUnavailable(first_line(error)) from error


@contextmanager
def advisory_lock(engine: Engine, name: str) -> Iterator[bool]:
    """Hold the database-wide lock of that name. Yields False at once if another process has it.

    The lock belongs to its own connection and is released with it: at once when the process dies,
    within 25 s when its machine vanishes. Raises DatabaseUnavailable if there is no connection.
    """
    connection, is_held = _lasting(lambda: _try_lock(engine, name))
    with contextlib.closing(connection):
        try:
            yield is_held
        finally:
            if is_held:
                _unlock(connection, name)


def _lasting(attempt: Callable[[], T]) -> T:
    """Return the result of an attempt. Nobody looks whether a pooled connection still works."""
    try:
        return _attempted(attempt)
    except PoolTimeout as error:
        raise DatabaseUnavailable("no free database connection") from error
    except DBAPIError as error:
        if may_be_tried_again(error):
            raise DatabaseUnavailable(first_line(error)) from error
        raise


def _attempted(attempt: Callable[[], T]) -> T:
    """Spare the first attempt a loop of retries, which takes as long as its statement."""
    try:
        return attempt()
    except DBAPIError as error:
        if not is_transient(error):
            raise
    return _retried(attempt)


def _autocommit(engine: Engine) -> Connection:
    """Take a connection that the pool resets: SQLAlchemy's own way costs a round trip each time."""
    connection = engine.connect()
    session: Any = connection.connection.dbapi_connection
    session.autocommit = True
    return connection


def _try_lock(engine: Engine, name: str) -> tuple[Connection, bool]:
    connection = _autocommit(engine)
    try:
        return connection, bool(connection.execute(TRY_LOCK, {"name": name}).scalar_one())
    except BaseException:
        connection.close()
        raise


def _unlock(connection: Connection, name: str) -> None:
    try:
        connection.execute(UNLOCK, {"name": name})
    except DBAPIError:
        connection.invalidate()


def may_be_tried_again(error: DBAPIError) -> bool:
    """Return True if the database is down or not ready, and the statement is not to blame."""
    return is_transient(error) or is_out_of_means(error) or _is_not_ready(error)


def _is_not_ready(error: DBAPIError) -> bool:
    """Return True if the server answers but cannot do this now.

    It is too slow (statement_timeout 57014, lock_timeout 55P03), or its schema is not migrated
    yet (no such table 42P01, no such column 42703).
    """
    return getattr(error.orig, "pgcode", None) in {"57014", "55P03", "42P01", "42703"}
