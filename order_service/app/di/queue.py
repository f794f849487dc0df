"""Objects of the two roles that use the Celery queue."""

from celery import Celery
from injector import Module, provider, singleton

from libs.settings.groups import CelerySettings
from libs.tasks.app import create_celery
from libs.tasks.enqueue import TaskQueue
from order_service.client.celery_assembly_queue import CeleryAssemblyQueue
from order_service.converter.tasks import QUEUE


class QueueModule(Module):
    def __init__(self, settings: CelerySettings) -> None:
        self._settings = settings

    @singleton
    @provider
    def celery(self) -> Celery:
        broker_url = self._settings.celery_broker_url.get_secret_value()
        return create_celery("order", broker_url, queues=(QUEUE,))

    @singleton
    @provider
    def assembly_queue(self, celery: Celery) -> CeleryAssemblyQueue:
        return CeleryAssemblyQueue(TaskQueue(celery))
