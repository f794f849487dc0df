from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from libs.postgres.engine import create_database_engine
from libs.postgres.migrating import migrate
from libs.settings.groups import PostgresSettings
from tests.contract.order_service.stores import Store, memory_store, postgres_store


@pytest.fixture
def engine(postgres: PostgresSettings) -> Iterator[Engine]:
    engine = create_database_engine(postgres)
    migrate(engine, "order_service.migrations")
    yield engine
    engine.dispose()


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.engine)])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "memory":
        return memory_store()
    return postgres_store(request.getfixturevalue("engine"))
