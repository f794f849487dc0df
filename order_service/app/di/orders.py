"""The only places of the order service that build things: di*.py, a module per kind of role.

A role imports the modules that it needs, so that a relay holds no web framework. This one has what
stands on the database.
"""

from functools import partial
from typing import NewType
from uuid import uuid4

import grpc
from injector import Module, provider, singleton
from sqlalchemy import Engine

from libs.clock import Clock, utc_now
from libs.grpc.channel import open_channel
from libs.logging.trace import current_traceparent
from libs.parallel import in_parallel
from libs.postgres.engine import create_database_engine
from libs.postgres.transactions import advisory_lock
from order_service.client.payment import GrpcPayments
from order_service.config.settings import OrderSettings
from order_service.repository.assembled_orders import PostgresAssembledOrders
from order_service.repository.idempotency import PostgresIdempotencyKeys
from order_service.repository.orders import PostgresOrders
from order_service.repository.outbox import PostgresOutbox
from order_service.service.background.clean_outbox import CleanOutbox
from order_service.service.background.forget_keys import ForgetKeys
from order_service.service.background.mark_assembled import MarkAssembled
from order_service.service.background.ports import Outbox
from order_service.service.background.reconcile_payments import ReconcilePayments
from order_service.service.background.redrive_orders import RedriveOrders
from order_service.service.orders.edge_ports import IdempotencyKeys
from order_service.service.orders.finish_payment import LONGEST_CHARGE_S, FinishPayment
from order_service.service.orders.ports import OrderRepository, PaymentGateway

RECONCILERS = 4
"""Threads that finish what an outage of the payment service has left."""

CONNECTIONS = 12
"""Of the pool: the worker needs one for each reconciler, two for each other thread, and a lock."""

PaymentChannel = NewType("PaymentChannel", grpc.Channel)


class OrderModule(Module):
    def __init__(self, settings: OrderSettings) -> None:
        self._settings = settings

    @provider
    def clock(self) -> Clock:
        return utc_now

    @singleton
    @provider
    def engine(self) -> Engine:
        return create_database_engine(self._settings, pool_size=CONNECTIONS)

    @singleton
    @provider
    def payment_channel(self) -> PaymentChannel:
        settings = self._settings
        return PaymentChannel(
            open_channel(settings.payment_host, settings.payment_port, ca=settings.payment_ca)
        )

    @singleton
    @provider
    def orders(self, engine: Engine) -> OrderRepository:
        return PostgresOrders(
            engine, paid_topic=self._settings.order_paid_topic, current_trace=current_traceparent
        )

    @singleton
    @provider
    def outbox(self, engine: Engine) -> Outbox:
        return PostgresOutbox(engine)

    @singleton
    @provider
    def idempotency_keys(self, engine: Engine) -> IdempotencyKeys:
        return PostgresIdempotencyKeys(engine)

    @singleton
    @provider
    def payments(self, channel: PaymentChannel) -> PaymentGateway:
        return GrpcPayments(channel, timeout_s=LONGEST_CHARGE_S)

    @singleton
    @provider
    def finish_payment(
        self, orders: OrderRepository, payments: PaymentGateway, clock: Clock
    ) -> FinishPayment:
        return FinishPayment(orders, payments, clock=clock)

    @singleton
    @provider
    def reconcile_payments(
        self, engine: Engine, orders: OrderRepository, finish_payment: FinishPayment, clock: Clock
    ) -> ReconcilePayments:
        return ReconcilePayments(
            orders,
            finish_payment,
            as_the_only_one=partial(advisory_lock, engine, "order_service reconcile_payments"),
            in_parallel=partial(in_parallel, times=RECONCILERS),
            new_id=uuid4,
            clock=clock,
        )

    @singleton
    @provider
    def mark_assembled(self, engine: Engine) -> MarkAssembled:
        return MarkAssembled(PostgresAssembledOrders(engine))

    @singleton
    @provider
    def redrive_orders(self, engine: Engine, outbox: Outbox) -> RedriveOrders:
        return RedriveOrders(
            outbox, as_the_only_one=partial(advisory_lock, engine, "order_service redrive_orders")
        )

    @singleton
    @provider
    def clean_outbox(self, engine: Engine, outbox: Outbox) -> CleanOutbox:
        return CleanOutbox(
            outbox, as_the_only_one=partial(advisory_lock, engine, "order_service clean_outbox")
        )

    @singleton
    @provider
    def forget_keys(self, engine: Engine, keys: IdempotencyKeys) -> ForgetKeys:
        return ForgetKeys(
            keys, as_the_only_one=partial(advisory_lock, engine, "order_service forget_keys")
        )
