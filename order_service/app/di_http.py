"""What only the REST role has."""

from functools import partial
from typing import NewType
from uuid import uuid4

import grpc
from flask import Flask
from injector import Module, provider, singleton
from sqlalchemy import Engine

from libs.clock import Clock
from libs.grpc.channel import open_channel
from libs.postgres.engine import ping
from order_service.api.http.application import create_application
from order_service.api.http.orders import OrderUseCases
from order_service.api.http.probes import Checks
from order_service.app.di import PaymentChannel
from order_service.client.health import peer_check
from order_service.client.inventory import GrpcInventory
from order_service.config.settings import OrderSettings
from order_service.service.cancel_order import CancelOrder
from order_service.service.create_order import CreateOrder
from order_service.service.finish_payment import FinishPayment
from order_service.service.get_order import GetOrder
from order_service.service.list_orders import ListOrders
from order_service.service.pay_order import PayOrder
from order_service.service.ports import Inventory, OrderRepository

InventoryChannel = NewType("InventoryChannel", grpc.Channel)

LONGEST_LOOK_S = 2
"""Seconds that a call of the inventory service may take."""


class HttpModule(Module):
    def __init__(self, settings: OrderSettings) -> None:
        self._settings = settings

    @singleton
    @provider
    def inventory_channel(self) -> InventoryChannel:
        settings = self._settings
        return InventoryChannel(open_channel(settings.inventory_host, settings.inventory_port))

    @singleton
    @provider
    def inventory(self, channel: InventoryChannel) -> Inventory:
        return GrpcInventory(channel, timeout_s=LONGEST_LOOK_S)

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
