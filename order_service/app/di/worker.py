"""Objects of the worker only."""

from functools import partial
from typing import NewType
from uuid import uuid4

from injector import Module, provider, singleton
from sqlalchemy import Engine

from libs.clean_up import CleanUp
from libs.clock import Clock
from libs.contracts.events.declared import ORDER_PAID
from libs.contracts.queues import QUEUES
from libs.parallel import in_parallel
from libs.postgres.transactions import advisory_lock
from libs.tasks.redis.queue_gauges import QueueGauges
from order_service.config.settings import WorkerSettings
from order_service.repository.assembled_orders import PostgresAssembledOrders
from order_service.repository.metrics.gauges import OrderGauges
from order_service.service.background.mark_assembled import MarkAssembled
from order_service.service.background.ports import Outbox
from order_service.service.background.reconcile_payments import ReconcilePayments
from order_service.service.background.redrive_orders import RedriveOrders
from order_service.service.orders.edge_ports import IdempotencyKeys
from order_service.service.orders.finish_payment import FinishPayment
from order_service.service.orders.ports import OrderRepository

RECONCILERS = 4
"""Threads that finish payments left over by an outage of the payment service."""


CleanOutbox = NewType("CleanOutbox", CleanUp)
ForgetKeys = NewType("ForgetKeys", CleanUp)


class WorkerModule(Module):
    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings

    @singleton
    @provider
    def reconcile_payments(
        self, engine: Engine, orders: OrderRepository, finish_payment: FinishPayment, clock: Clock
    ) -> ReconcilePayments:
        return ReconcilePayments(
            orders,
            finish_payment,
            try_lock=partial(advisory_lock, engine, "order_service reconcile_payments"),
            in_parallel=partial(in_parallel, times=RECONCILERS),
            new_id=uuid4,
            clock=clock,
        )

    @singleton
    @provider
    def order_gauges(self, engine: Engine) -> OrderGauges:
        return OrderGauges(engine, [self._settings.topic_of(ORDER_PAID)])

    @singleton
    @provider
    def queue_gauges(self) -> QueueGauges:
        return QueueGauges(self._settings.celery_broker_url.get_secret_value(), QUEUES)

    @singleton
    @provider
    def mark_assembled(self, engine: Engine) -> MarkAssembled:
        return MarkAssembled(PostgresAssembledOrders(engine))

    @singleton
    @provider
    def redrive_orders(self, engine: Engine, outbox: Outbox) -> RedriveOrders:
        return RedriveOrders(
            outbox, try_lock=partial(advisory_lock, engine, "order_service redrive_orders")
        )

    @singleton
    @provider
    def clean_outbox(self, engine: Engine, outbox: Outbox) -> CleanOutbox:
        try_lock = partial(advisory_lock, engine, "order_service clean_outbox")
        return CleanOutbox(CleanUp("outbox", outbox.delete_done, try_lock=try_lock))

    @singleton
    @provider
    def forget_keys(self, engine: Engine, keys: IdempotencyKeys) -> ForgetKeys:
        try_lock = partial(advisory_lock, engine, "order_service forget_keys")
        return ForgetKeys(CleanUp("idempotency keys", keys.delete_expired, try_lock=try_lock))
