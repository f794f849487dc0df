from collections.abc import Mapping

from celery import Celery
from injector import Injector
from sqlalchemy import Engine

from libs.health.heartbeat import Heartbeat
from libs.lifecycle.starting import start_role
from libs.metrics.declared.orders import RECONCILED, REDRIVEN
from libs.metrics.instruments import counted
from libs.metrics.stores import Look, register_stores, together
from libs.postgres.lock_gauge import LockGauge
from libs.tasks.redis.queue_gauges import QueueGauges
from libs.tasks.worker import run_worker as run_celery_worker
from order_service.api.tasks import register_tasks
from order_service.app.di.charging import ChargingModule
from order_service.app.di.queue import QueueModule
from order_service.app.di.storage import StorageModule
from order_service.app.di.worker import CleanOutbox, ForgetKeys, WorkerModule
from order_service.config.settings import SERVICE, WorkerSettings
from order_service.converter.tasks import (
    CLEAN_UP_TASK,
    FORGET_KEYS_TASK,
    RECONCILE_TASK,
    REDRIVE_TASK,
)
from order_service.repository.metrics.gauges import OrderGauges
from order_service.service.background.mark_assembled import MarkAssembled
from order_service.service.background.reconcile_payments import ReconcilePayments
from order_service.service.background.redrive_orders import RedriveOrders

CONCURRENCY = 4
"""Threads. A periodic task holds two database connections, a batch holds one."""


def run_worker() -> None:
    """Run the Celery tasks: mark orders assembled, redrive, reconcile, clean up."""
    settings = start_role(WorkerSettings)
    shared = [StorageModule(settings), ChargingModule(settings), QueueModule(settings)]
    injector = Injector([*shared, WorkerModule(settings)], auto_bind=False)
    celery = injector.get(Celery)
    register_tasks(
        celery,
        injector.get(MarkAssembled),
        {
            REDRIVE_TASK: counted(REDRIVEN, injector.get(RedriveOrders)),
            RECONCILE_TASK: counted(RECONCILED, injector.get(ReconcilePayments)),
            CLEAN_UP_TASK: injector.get(CleanOutbox),
            FORGET_KEYS_TASK: injector.get(ForgetKeys),
        },
    )
    looks: Mapping[str, Look] = {
        "postgresql": together(injector.get(OrderGauges), LockGauge(injector.get(Engine))),
        "redis": injector.get(QueueGauges),
    }
    register_stores(looks, metrics_port=settings.metrics_port)
    heartbeat = Heartbeat(settings.state_dir, SERVICE, "worker")
    run_celery_worker(celery, concurrency=CONCURRENCY, heartbeat=heartbeat)
