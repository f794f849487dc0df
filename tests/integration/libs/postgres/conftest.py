"""A database with a test table."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from libs.postgres.engine import create_database_engine
from libs.settings.groups import PostgresSettings


@pytest.fixture
def engine(postgres: PostgresSettings) -> Iterator[Engine]:
    engine = create_database_engine(postgres)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE launches (ship text PRIMARY KEY)"))
    yield engine
    engine.dispose()
