"""The only place that builds the payment service's objects."""

from injector import Module, provider, singleton

from libs.grpc.server import GrpcServer, server_credentials
from libs.health.heartbeat import Heartbeat
from payment_service.api.grpc.payments import PaymentApi, hosted
from payment_service.config.settings import SERVICE, GrpcSettings
from payment_service.service.charge_order import ChargeOrder


class PaymentModule(Module):
    def __init__(self, settings: GrpcSettings) -> None:
        self._settings = settings

    @singleton
    @provider
    def grpc_server(self) -> GrpcServer:
        return GrpcServer(
            self._settings.grpc_host,
            self._settings.grpc_port,
            service=hosted(PaymentApi(ChargeOrder())),
            heartbeat=Heartbeat(self._settings.state_dir, SERVICE, "grpc"),
            credentials=server_credentials(self._settings),
        )
