from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from tests.contract.order_service.stores import Store, memory_store, postgres_store


@pytest.fixture
def engine(migrated_engine: Callable[[str], Engine]) -> Engine:
    return migrated_engine("order_service.migrations")


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.engine)])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "memory":
        return memory_store()
    return postgres_store(request.getfixturevalue("engine"))
