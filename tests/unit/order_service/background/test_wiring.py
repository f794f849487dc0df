import pytest
from celery import Celery
from injector import Injector

from libs.kafka.client.circuit_breaker import CircuitBreaker
from order_service.app.di import OrderModule
from order_service.app.di_queue import QueueModule
from order_service.app.di_relay import Lanes, RelayModule
from order_service.config.settings import OrderSettings
from order_service.service.background.clean_outbox import CleanOutbox
from order_service.service.background.forget_keys import ForgetKeys
from order_service.service.background.mark_assembled import MarkAssembled
from order_service.service.background.reconcile_payments import ReconcilePayments
from order_service.service.background.redrive_orders import RedriveOrders

ENVIRONMENT = {
    "KAFKA_BROKERS": "127.0.0.1:9092",
    "CELERY_BROKER_URL": "redis://127.0.0.1:6379/0",
    "POSTGRES_HOST": "127.0.0.1",
    "POSTGRES_USER": "nobody",
    "POSTGRES_PASSWORD": "nothing",
    "POSTGRES_DB": "nowhere",
    "INVENTORY_GRPC_HOST": "127.0.0.1",
    "PAYMENT_GRPC_HOST": "127.0.0.1",
}

WORKER = (Celery, MarkAssembled, RedriveOrders, ReconcilePayments, CleanOutbox, ForgetKeys)


def test_every_entry_point_is_built_without_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    settings = OrderSettings()
    relay = Injector([OrderModule(settings), RelayModule(settings)], auto_bind=False)
    worker = Injector([OrderModule(settings), QueueModule(settings)], auto_bind=False)

    built = [relay.get(Lanes), relay.get(CircuitBreaker), *map(worker.get, WORKER)]

    assert all(built)
