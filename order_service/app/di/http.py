"""Objects of the REST role only."""

from functools import partial
from typing import NewType
from uuid import uuid4

import grpc
from flask import Flask
from injector import Module, provider, singleton
from sqlalchemy import Engine

from libs.clock import Clock
from libs.contracts.events.declared import SHIP_ASSEMBLED
from libs.grpc.channel import open_channel
from libs.postgres.transactions import ping
from order_service.api.http.application import Gate, create_application
from order_service.api.http.guards.callers import ApiKeys
from order_service.api.http.guards.forwarding import TrustedProxy
from order_service.api.http.guards.rate_limits import RateLimit
from order_service.api.http.resources.idempotency import AnswerOnce
from order_service.api.http.resources.orders import OrderUseCases
from order_service.api.http.resources.probes import Checks
from order_service.app.di.charging import PaymentChannel
from order_service.client.health import peer_check
from order_service.client.inventory import GrpcInventory
from order_service.client.notification import GrpcDeliveries
from order_service.client.redis_counter import RedisCounter, open_counter_store
from order_service.config.settings import HttpSettings
from order_service.repository.timelines import PostgresTimelines
from order_service.service.orders.cancel_order import CancelOrder
from order_service.service.orders.create_order import CreateOrder
from order_service.service.orders.edge_ports import IdempotencyKeys
from order_service.service.orders.finish_payment import FinishPayment
from order_service.service.orders.get_order import GetOrder
from order_service.service.orders.list_orders import ListOrders
from order_service.service.orders.list_parts import ListParts
from order_service.service.orders.pay_order import PayOrder
from order_service.service.orders.ports import Inventory, OrderRepository, Timelines
from order_service.service.orders.show_timeline import ShowTimeline

InventoryChannel = NewType("InventoryChannel", grpc.Channel)

INVENTORY_TIMEOUT_S = 2
"""Deadline of a call to the inventory service."""

DELIVERIES_TIMEOUT_S = 0.5
"""Deadline of a call to the notification service, without whose answer a timeline is shown too."""


class HttpModule(Module):
    def __init__(self, settings: HttpSettings) -> None:
        self._settings = settings

    @singleton
    @provider
    def inventory_channel(self) -> InventoryChannel:
        settings = self._settings
        return InventoryChannel(
            open_channel(settings.inventory_host, settings.inventory_port, ca=settings.inventory_ca)
        )

    @singleton
    @provider
    def inventory(self, channel: InventoryChannel) -> Inventory:
        return GrpcInventory(channel, timeout_s=INVENTORY_TIMEOUT_S)

    @singleton
    @provider
    def timelines(self, engine: Engine) -> Timelines:
        topic = self._settings.topic_of(SHIP_ASSEMBLED)
        return PostgresTimelines(engine, assembled_topic=topic)

    @singleton
    @provider
    def show_timeline(self, timelines: Timelines) -> ShowTimeline:
        settings = self._settings
        if settings.notification_host is None:
            return ShowTimeline(timelines)
        channel = open_channel(
            settings.notification_host, settings.notification_port, ca=settings.notification_ca
        )
        return ShowTimeline(timelines, GrpcDeliveries(channel, timeout_s=DELIVERIES_TIMEOUT_S))

    @singleton
    @provider
    def order_use_cases(
        self,
        orders: OrderRepository,
        show_timeline: ShowTimeline,
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
            timeline=show_timeline,
            parts=ListParts(inventory),
        )

    @singleton
    @provider
    def checks(
        self, engine: Engine, inventory: InventoryChannel, payment: PaymentChannel
    ) -> Checks:
        return {
            "postgresql": partial(ping, engine),
            "inventory": peer_check(inventory, "inventory.v1.InventoryService"),
            "payment": peer_check(payment, "payment.v1.PaymentService"),
        }

    @singleton
    @provider
    def gate(self) -> Gate:
        settings = self._settings
        keys, origins = ApiKeys(settings.each_api_key), settings.each_cors_origin
        if settings.rate_limit is None:
            return Gate(keys=keys, origins=origins)
        redis = open_counter_store(settings.celery_broker_url.get_secret_value())
        proxy = TrustedProxy(settings.trusted_proxy) if settings.trusted_proxy else None
        limit = RateLimit(rule=settings.rate_limit, counter=RedisCounter(redis), proxy=proxy)
        return Gate(keys=keys, origins=origins, limit=limit)

    @singleton
    @provider
    def application(
        self, use_cases: OrderUseCases, checks: Checks, gate: Gate, keys: IdempotencyKeys
    ) -> Flask:
        once = AnswerOnce(keys, new_id=uuid4)
        return create_application(use_cases, checks, gate=gate, once=once)
