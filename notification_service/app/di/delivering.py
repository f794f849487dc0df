"""Objects that consumer and worker share: the deliveries and the workers' queue."""

from celery import Celery
from injector import Module, provider, singleton
from sqlalchemy import Engine

from libs.postgres.engine import create_database_engine
from libs.tasks.app import create_celery
from libs.tasks.enqueue import TaskQueue
from libs.tasks.redis.backlog import waiting_tasks
from notification_service.client.celery_send_queue import CelerySendQueue
from notification_service.config.settings import ConsumerSettings, DeliverySettings
from notification_service.converter.tasks import QUEUE
from notification_service.repository.postgres_deliveries import PostgresDeliveries
from notification_service.service.ports import DeliveryRepository, SendQueue
from notification_service.service.queue_notifications import QueueNotifications


class DeliveringModule(Module):
    def __init__(self, settings: DeliverySettings) -> None:
        self._settings = settings

    @singleton
    @provider
    def engine(self) -> Engine:
        return create_database_engine(self._settings)

    @singleton
    @provider
    def celery(self) -> Celery:
        url = self._settings.celery_broker_url.get_secret_value()
        return create_celery(QUEUE, url, queues=(QUEUE,))

    @singleton
    @provider
    def postgres_deliveries(self, engine: Engine) -> PostgresDeliveries:
        return PostgresDeliveries(engine)

    @provider
    def deliveries(self, deliveries: PostgresDeliveries) -> DeliveryRepository:
        return deliveries

    @singleton
    @provider
    def send_queue(self, celery: Celery) -> SendQueue:
        url = self._settings.celery_broker_url.get_secret_value()
        return CelerySendQueue(TaskQueue(celery), waiting=waiting_tasks(url, QUEUE))


class ConsumingModule(Module):
    """Objects of the consumer only: from Kafka to the deliveries."""

    def __init__(self, settings: ConsumerSettings) -> None:
        self._settings = settings

    @singleton
    @provider
    def queue_notifications(
        self, deliveries: DeliveryRepository, queue: SendQueue
    ) -> QueueNotifications:
        return QueueNotifications(deliveries, queue, chat_id=self._settings.telegram_chat_id)
