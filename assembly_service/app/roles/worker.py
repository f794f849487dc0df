from celery import Celery
from injector import Injector

from assembly_service.api.tasks import register_tasks
from assembly_service.app.di import PublishingModule, QueueModule
from assembly_service.config.settings import SERVICE, WorkerSettings
from assembly_service.service.publish_ships import PublishShips
from libs.health.heartbeat import Heartbeat
from libs.lifecycle.starting import start_role
from libs.tasks.worker import run_worker as run_celery_worker

CONCURRENCY = 8
"""Threads; each mostly waits for Kafka's acknowledgements."""


def run_worker() -> None:
    """Publish ShipAssembled for ships whose countdown has ended."""
    settings = start_role(WorkerSettings)
    injector = Injector([QueueModule(settings), PublishingModule(settings)], auto_bind=False)
    celery = injector.get(Celery)
    register_tasks(celery, injector.get(PublishShips))
    run_celery_worker(
        celery,
        concurrency=CONCURRENCY,
        heartbeat=Heartbeat(settings.state_dir, SERVICE, "worker"),
    )
