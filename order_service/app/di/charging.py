"""Objects that the REST role and the worker share: orders and the payment client."""

from typing import NewType

import grpc
from injector import Module, provider, singleton
from sqlalchemy import Engine

from libs.clock import Clock, utc_now
from libs.grpc.channel import open_channel
from libs.logging.trace import current_traceparent
from order_service.client.payment import GrpcPayments
from order_service.config.settings import ChargingSettings
from order_service.repository.orders import PostgresOrders
from order_service.service.orders.finish_payment import CHARGE_TIMEOUT_S, FinishPayment
from order_service.service.orders.ports import OrderRepository, PaymentGateway

PaymentChannel = NewType("PaymentChannel", grpc.Channel)


class ChargingModule(Module):
    def __init__(self, settings: ChargingSettings) -> None:
        self._settings = settings

    @provider
    def clock(self) -> Clock:
        return utc_now

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
            engine, topic_of=self._settings.topic_of, current_trace=current_traceparent
        )

    @singleton
    @provider
    def payments(self, channel: PaymentChannel) -> PaymentGateway:
        return GrpcPayments(channel, timeout_s=CHARGE_TIMEOUT_S)

    @singleton
    @provider
    def finish_payment(
        self, orders: OrderRepository, payments: PaymentGateway, clock: Clock
    ) -> FinishPayment:
        return FinishPayment(orders, payments, clock=clock)
