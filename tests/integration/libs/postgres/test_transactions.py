from collections.abc import Callable
from threading import Event, Thread

import pytest
from sqlalchemy import Connection, Engine, text

from libs.postgres.engine import DatabaseUnavailable, create_database_engine
from libs.postgres.transactions import advisory_lock, ping, run_autocommit, run_transaction
from libs.settings.groups import PostgresSettings

KILL_OWN_CONNECTION = text("SELECT pg_terminate_backend(pg_backend_pid())")


def ships(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT ship FROM launches")).scalars())


def test_a_transaction_whose_connection_is_cut_runs_again(engine: Engine) -> None:
    cuts = iter([True, False])

    def launch(connection: Connection) -> None:
        connection.execute(text("INSERT INTO launches VALUES ('Vostok')"))
        if next(cuts):
            connection.execute(KILL_OWN_CONNECTION)

    run_transaction(engine, launch)

    assert ships(engine) == ["Vostok"]


def lock(engine: Engine) -> None:
    with advisory_lock(engine, "redrive") as is_held:
        assert is_held


@pytest.mark.parametrize(
    "work",
    [ping, lock, lambda engine: run_transaction(engine, lambda tx: tx.execute(text("SELECT 1")))],
    ids=["statement", "lock", "transaction"],
)
def test_a_pooled_connection_that_the_server_ended_is_replaced(
    engine: Engine, postgres: PostgresSettings, work: Callable[[Engine], object]
) -> None:
    with engine.connect() as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    run_autocommit(
        create_database_engine(postgres),
        lambda other: other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid}),
    )

    work(engine)


def test_a_statement_of_its_own_is_committed_and_the_next_transaction_is_whole(
    engine: Engine,
) -> None:
    launch = text("INSERT INTO launches VALUES (:ship)")
    run_autocommit(engine, lambda connection: connection.execute(launch, {"ship": "Vostok"}))

    def fail(connection: Connection) -> None:
        connection.execute(launch, {"ship": "Voskhod"})
        raise ValueError("scrubbed")

    with pytest.raises(ValueError, match="scrubbed"):
        run_transaction(engine, fail)

    assert ships(engine) == ["Vostok"]


def test_a_transaction_that_keeps_losing_its_connection_is_unavailable(engine: Engine) -> None:
    with pytest.raises(DatabaseUnavailable):
        run_transaction(engine, lambda connection: connection.execute(KILL_OWN_CONNECTION))


def test_a_failed_transaction_leaves_nothing_behind(engine: Engine) -> None:
    def launch(connection: Connection) -> None:
        connection.execute(text("INSERT INTO launches VALUES ('Vostok')"))
        raise ValueError("scrubbed")

    with pytest.raises(ValueError, match="scrubbed"):
        run_transaction(engine, launch)

    assert ships(engine) == []


def test_a_lock_that_is_held_too_long_is_unavailable(engine: Engine) -> None:
    with engine.begin() as holder:
        holder.execute(text("LOCK TABLE launches"))

        with pytest.raises(DatabaseUnavailable):
            run_transaction(
                engine, lambda connection: connection.execute(text("SELECT * FROM launches"))
            )


@pytest.mark.parametrize("code", ["53100", "53200", "53300", "58030"])
def test_a_server_that_lacks_what_it_needs_is_unavailable(engine: Engine, code: str) -> None:
    fail = text(f"DO $$ BEGIN RAISE EXCEPTION 'no more' USING ERRCODE = '{code}'; END $$")

    with pytest.raises(DatabaseUnavailable, match="no more"):
        run_transaction(engine, lambda connection: connection.execute(fail))


def test_a_connection_to_a_server_that_became_a_standby_is_replaced(
    engine: Engine,
) -> None:
    servers: list[int] = []

    def launch(connection: Connection) -> None:
        servers.append(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
        if len(servers) == 1:
            connection.execute(text("SET TRANSACTION READ ONLY"))
        connection.execute(text("INSERT INTO launches VALUES ('Vostok')"))

    run_transaction(engine, launch)

    assert ships(engine) == ["Vostok"]
    assert len(set(servers)) == 2


def test_a_missing_database_is_unavailable(postgres: PostgresSettings) -> None:
    elsewhere = create_database_engine(postgres.model_copy(update={"postgres_port": 1}))

    with pytest.raises(DatabaseUnavailable):
        ping(elsewhere)
    with pytest.raises(DatabaseUnavailable), advisory_lock(elsewhere, "redrive"):
        pass


def test_only_one_session_holds_an_advisory_lock_and_another_is_refused_at_once(
    engine: Engine,
) -> None:
    with advisory_lock(engine, "redrive") as first, advisory_lock(engine, "redrive") as second:
        assert (first, second) == (True, False)

    with advisory_lock(engine, "redrive") as again:
        assert again


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("tcp_keepalives_idle", "10"),
        ("tcp_keepalives_interval", "5"),
        ("tcp_keepalives_count", "3"),
        ("tcp_user_timeout", "25000"),
    ],
)
def test_the_server_drops_a_client_that_vanished_with_a_lock_within_25_s(
    engine: Engine, setting: str, value: str
) -> None:
    with engine.connect() as connection:
        assert connection.execute(text(f"SHOW {setting}")).scalar_one() == value


def test_an_advisory_lock_is_released_after_an_error_inside_it(engine: Engine) -> None:
    with pytest.raises(ValueError, match="scrubbed"), advisory_lock(engine, "redrive"):
        raise ValueError("scrubbed")

    with advisory_lock(engine, "redrive") as again:
        assert again


def test_an_exhausted_pool_is_unavailable(postgres: PostgresSettings) -> None:
    engine = create_database_engine(postgres, pool_size=1)
    held, done = Event(), Event()

    def hold() -> None:
        with engine.connect():
            held.set()
            done.wait(timeout=20)

    holder = Thread(target=hold)
    holder.start()
    held.wait(timeout=10)
    try:
        with pytest.raises(DatabaseUnavailable, match="no free database connection"):
            ping(engine)
    finally:
        done.set()
        holder.join()
        engine.dispose()


def test_a_table_that_is_not_migrated_yet_is_unavailable_not_a_bug(engine: Engine) -> None:
    with pytest.raises(DatabaseUnavailable, match="does not exist"):
        run_transaction(engine, lambda tx: tx.execute(text("SELECT * FROM tomorrow")))
