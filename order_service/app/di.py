"""The only place of the order service that builds things."""

from functools import partial
from typing import NewType
from uuid import uuid4

import grpc
from flask import Flask
from injector import Module, provider, singleton
from sqlalchemy import Engine

from libs.clock import Clock, utc_now
from libs.grpc.channel import open_channel
from libs.postgres.engine import create_database_engine, ping
from libs.postgres.transactions import advisory_lock
from order_service.api.http.application import create_application
from order_service.api.http.edge import current_traceparent
from order_service.api.http.orders import OrderUseCases
from order_service.api.http.probes import Checks
from order_service.client.health import peer_check
from order_service.client.inventory import GrpcInventory
from order_service.client.payment import GrpcPayments
from order_service.config.settings import OrderSettings
from order_service.repository.orders import PostgresOrders
from order_service.service.cancel_order import CancelOrder
from order_service.service.create_order import CreateOrder
from order_service.service.finish_payment import LONGEST_CHARGE_S, FinishPayment
from order_service.service.get_order import GetOrder
from order_service.service.list_orders import ListOrders
from order_service.service.pay_order import PayOrder
from order_service.service.ports import Inventory, OrderRepository, PaymentGateway
from order_service.service.reconcile_payments import ReconcilePayments

InventoryChannel = NewType("InventoryChannel", grpc.Channel)
PaymentChannel = NewType("PaymentChannel", grpc.Channel)

LONGEST_LOOK_S = 2
"""Seconds that a call of the inventory service may take."""


class OrderModule(Module):
    def __init__(self, settings: OrderSettings) -> None:
        self._settings = settings

    @provider
    def clock(self) -> Clock:
        return utc_now

    @singleton
    @provider
    def engine(self) -> Engine:
        return create_database_engine(self._settings)

    @singleton
    @provider
    def inventory_channel(self) -> InventoryChannel:
        settings = self._settings
        return InventoryChannel(open_channel(settings.inventory_host, settings.inventory_port))

    @singleton
    @provider
    def payment_channel(self) -> PaymentChannel:
        settings = self._settings
        return PaymentChannel(open_channel(settings.payment_host, settings.payment_port))

    @singleton
    @provider
    def orders(self, engine: Engine) -> OrderRepository:
        return PostgresOrders(
            engine, paid_topic=self._settings.order_paid_topic, current_trace=current_traceparent
        )

    @singleton
    @provider
    def inventory(self, channel: InventoryChannel) -> Inventory:
        return GrpcInventory(channel, timeout_s=LONGEST_LOOK_S)

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
    def order_use_cases(
        self,
        orders: OrderRepository,
        inventory: Inventory,
        finish_payment: FinishPayment,
        clock: Clock,
    ) -> OrderUseCases:
        return OrderUseCases(
            create=CreateOrder(orders, inventory, new_id=uuid4, clock=clock),
            get=GetOrder(orders),
            list=ListOrders(orders),
            pay=PayOrder(orders, finish_payment, new_id=uuid4, clock=clock),
            cancel=CancelOrder(orders),
        )

    @singleton
    @provider
    def reconcile_payments(
        self, engine: Engine, orders: OrderRepository, finish_payment: FinishPayment, clock: Clock
    ) -> ReconcilePayments:
        return ReconcilePayments(
            orders,
            finish_payment,
            as_the_only_one=partial(advisory_lock, engine, "order_service reconcile_payments"),
            new_id=uuid4,
            clock=clock,
        )

    @singleton
    @provider
    def application(
        self,
        use_cases: OrderUseCases,
        engine: Engine,
        inventory: InventoryChannel,
        payment: PaymentChannel,
    ) -> Flask:
        checks: Checks = {
            "postgresql": partial(ping, engine),
            "inventory": peer_check(inventory, "inventory.v1.InventoryService"),
            "payment": peer_check(payment, "payment.v1.PaymentService"),
        }
        return create_application(use_cases, checks)
