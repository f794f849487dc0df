from celery import Celery
from injector import Injector

from assembly_service.app.di import BuildingModule, PublishingModule, QueueModule
from assembly_service.config.settings import ConsumerSettings, WorkerSettings
from assembly_service.service.publish_ships import PublishShips
from assembly_service.service.start_building import StartBuilding
from tests.support.environment import CELERY, KAFKA


def test_every_entry_point_is_built_without_a_connection() -> None:
    building = ConsumerSettings.model_validate(KAFKA | CELERY)
    publishing = WorkerSettings.model_validate(KAFKA | CELERY)
    consumer = Injector([QueueModule(building), BuildingModule(building)], auto_bind=False)
    worker = Injector([QueueModule(publishing), PublishingModule(publishing)], auto_bind=False)

    built = [consumer.get(StartBuilding), worker.get(Celery), worker.get(PublishShips)]

    assert all(built)
