"""The roles of the payment service."""

from injector import Injector

from libs.grpc.server import GrpcServer
from libs.lifecycle.running import run_until_stopped
from libs.lifecycle.starting import start_role
from payment_service.app.di import PaymentModule
from payment_service.config.settings import GrpcSettings


def run_grpc() -> None:
    """Charge orders over gRPC."""
    server = Injector([PaymentModule(start_role(GrpcSettings))], auto_bind=False).get(GrpcServer)
    server.bind()
    run_until_stopped(server.serve)
