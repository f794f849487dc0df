"""Runs one short query many times a second."""

from typing import Any

from sqlalchemy import Connection, Engine, TextClause
from sqlalchemy.exc import DBAPIError

from libs.postgres.engine import DatabaseUnavailable, first_line
from libs.postgres.transactions import autocommit_connection, may_be_tried_again


class Poll:
    """Keeps its connection, so that a query costs a quarter of a transaction.

    For one thread only.
    """

    def __init__(self, engine: Engine, query: TextClause) -> None:
        self._engine = engine
        self._query = query
        self._connection: Connection | None = None

    def __call__(self) -> Any:
        """Return the first value of the answer. Raises DatabaseUnavailable."""
        if self._connection is None:
            self._connection = autocommit_connection(self._engine)
        try:
            return self._connection.execute(self._query).scalar_one()
        except DBAPIError as error:
            self._connection.close()
            self._connection = None
            if may_be_tried_again(error):
                raise DatabaseUnavailable(first_line(error)) from error
            raise
