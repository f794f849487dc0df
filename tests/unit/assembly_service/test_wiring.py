import pytest
from celery import Celery
from injector import Injector

from assembly_service.app.di import AssemblyModule
from assembly_service.config.settings import AssemblySettings
from assembly_service.service.publish_ships import PublishShips
from assembly_service.service.start_building import StartBuilding


def test_every_entry_point_is_built_without_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BROKERS", "127.0.0.1:9092")
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://127.0.0.1:6379/0")
    injector = Injector([AssemblyModule(AssemblySettings())], auto_bind=False)

    built = [injector.get(each) for each in (Celery, StartBuilding, PublishShips)]

    assert all(built)
