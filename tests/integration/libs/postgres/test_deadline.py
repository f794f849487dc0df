import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psutil
import pytest
from psycopg2.extensions import get_wait_callback
from sqlalchemy import Connection, Engine, text

from libs.postgres.deadline import no_deadline, wait_with_deadline
from libs.postgres.engine import DatabaseUnavailable, create_database_engine
from libs.postgres.transactions import ping, run_autocommit, run_transaction
from libs.settings.groups import PostgresSettings

OWN_PID = text("SELECT pg_backend_pid()")


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    process = psutil.Process(pid)
    process.suspend()
    try:
        yield
    finally:
        process.resume()


def session_pid(engine: Engine) -> int:
    return run_autocommit(engine, lambda connection: int(connection.execute(OWN_PID).scalar_one()))


def test_a_session_that_hangs_is_given_up_and_replaced(engine: Engine) -> None:
    pid = session_pid(engine)

    with frozen(pid):
        assert session_pid(engine) != pid


def test_a_statement_that_is_not_answered_is_unavailable(engine: Engine) -> None:
    with ExitStack() as freezing:

        def stand_still(tx: Connection) -> None:
            freezing.enter_context(frozen(int(tx.execute(OWN_PID).scalar_one())))
            tx.execute(OWN_PID)

        with pytest.raises(DatabaseUnavailable, match="no answer within 7 s"):
            run_transaction(engine, stand_still)


def test_a_server_that_accepts_and_does_not_answer_is_unavailable(
    postgres: PostgresSettings,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        engine = create_database_engine(postgres.model_copy(update={"postgres_port": port}))

        with pytest.raises(DatabaseUnavailable, match="no answer within 3 s"):
            ping(engine)


def test_a_migration_has_no_deadline(engine: Engine) -> None:
    ping(engine)

    with no_deadline():
        assert get_wait_callback() is None
        ping(engine)

    assert get_wait_callback() is wait_with_deadline
