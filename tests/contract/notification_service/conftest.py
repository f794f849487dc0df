import pytest

from libs.clock import utc_now
from notification_service.repository.postgres_deliveries import PostgresDeliveries
from notification_service.service.ports import DeliveryRepository
from tests.unit.notification_service.fakes import FakeDeliveries


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.engine)])
def deliveries(request: pytest.FixtureRequest) -> DeliveryRepository:
    if request.param == "memory":
        return FakeDeliveries(utc_now)
    migrated_engine = request.getfixturevalue("migrated_engine")
    return PostgresDeliveries(migrated_engine("notification_service.migrations"))
