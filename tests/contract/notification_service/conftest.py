from collections.abc import Iterator

import pytest

from libs.clock import utc_now
from libs.postgres.engine import create_database_engine
from libs.postgres.migrating import migrate
from notification_service.repository.postgres_deliveries import PostgresDeliveries
from notification_service.service.ports import DeliveryRepository
from tests.unit.notification_service.fakes import FakeDeliveries


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.engine)])
def deliveries(request: pytest.FixtureRequest) -> Iterator[DeliveryRepository]:
    if request.param == "memory":
        yield FakeDeliveries(utc_now)
        return
    engine = create_database_engine(request.getfixturevalue("postgres"))
    migrate(engine, "notification_service.migrations")
    yield PostgresDeliveries(engine)
    engine.dispose()
