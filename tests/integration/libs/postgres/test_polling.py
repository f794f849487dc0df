import pytest
from sqlalchemy import Engine, text

from libs.postgres.engine import DatabaseUnavailable
from libs.postgres.polling import Poll


def test_a_poll_sees_what_others_have_committed_since(engine: Engine) -> None:
    has_ships = Poll(engine, text("SELECT EXISTS (SELECT FROM launches)"))
    assert has_ships() is False

    with engine.begin() as tx:
        tx.execute(text("INSERT INTO launches VALUES ('Vostok')"))

    assert has_ships() is True


def test_a_poll_connects_again_after_its_connection_was_cut(
    engine: Engine,
) -> None:
    backend = Poll(engine, text("SELECT pg_backend_pid()"))
    pid = backend()
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})

    with pytest.raises(DatabaseUnavailable):
        backend()

    assert backend() != pid


def test_a_poll_of_a_missing_table_is_unavailable(
    engine: Engine,
) -> None:
    with pytest.raises(DatabaseUnavailable, match="does not exist"):
        Poll(engine, text("SELECT 1 FROM tomorrow"))()
