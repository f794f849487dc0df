from celery import Celery
from injector import Injector

from libs.kafka.client.circuit_breaker import CircuitBreakingPublisher
from libs.kafka.client.observing.group_gauges import GroupGauges
from libs.tasks.redis.queue_gauges import QueueGauges
from order_service.app.di.charging import ChargingModule
from order_service.app.di.queue import QueueModule
from order_service.app.di.relay import Lanes, RelayModule
from order_service.app.di.storage import StorageModule
from order_service.app.di.worker import CleanOutbox, ForgetKeys, WorkerModule
from order_service.client.celery_assembly_queue import CeleryAssemblyQueue
from order_service.config.settings import ConsumerSettings, RelaySettings, WorkerSettings
from order_service.repository.metrics.gauges import OrderGauges
from order_service.service.background.mark_assembled import MarkAssembled
from order_service.service.background.reconcile_payments import ReconcilePayments
from order_service.service.background.redrive_orders import RedriveOrders
from tests.support.environment import CELERY, KAFKA, POSTGRES

PAYMENT = {"PAYMENT_GRPC_HOST": "127.0.0.1"}

WORKER = (Celery, MarkAssembled, RedriveOrders, ReconcilePayments, CleanOutbox, ForgetKeys)

GAUGES = (OrderGauges, QueueGauges)


def test_the_relay_needs_only_postgresql_and_kafka() -> None:
    settings = RelaySettings.model_validate(POSTGRES | KAFKA)
    relay = Injector([StorageModule(settings), RelayModule(settings)], auto_bind=False)

    assert all([relay.get(Lanes), relay.get(CircuitBreakingPublisher), relay.get(GroupGauges)])


def test_the_consumer_needs_only_kafka_and_redis() -> None:
    settings = ConsumerSettings.model_validate(KAFKA | CELERY)
    consumer = Injector([QueueModule(settings)], auto_bind=False)

    assert consumer.get(CeleryAssemblyQueue) is consumer.get(CeleryAssemblyQueue)


def test_the_worker_needs_neither_kafka_nor_inventory() -> None:
    settings = WorkerSettings.model_validate(POSTGRES | CELERY | PAYMENT)
    shared = [StorageModule(settings), ChargingModule(settings), QueueModule(settings)]
    worker = Injector([*shared, WorkerModule(settings)], auto_bind=False)

    assert all(map(worker.get, WORKER))
    assert all(map(worker.get, GAUGES))
    assert worker.get(ReconcilePayments) is worker.get(ReconcilePayments)
