from collections.abc import Iterator

import pytest

from libs.postgres.engine import create_database_engine
from libs.postgres.migrating import migrate
from libs.settings.groups import PostgresSettings
from tests.contract.order_service.stores import Store, memory_store, postgres_store


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.engine)])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    if request.param == "memory":
        yield memory_store()
        return
    settings: PostgresSettings = request.getfixturevalue("postgres")
    engine = create_database_engine(settings)
    migrate(engine, "order_service.migrations")
    yield postgres_store(engine)
    engine.dispose()
