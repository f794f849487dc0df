"""The roles of the payment service."""

from injector import Injector

from libs.grpc.server import GrpcServer
from libs.lifecycle.running import run_until_stopped
from libs.logging.setup import configure_logging
from libs.settings.base import from_environment
from payment_service.app.di import PaymentModule
from payment_service.config.settings import PaymentSettings


def grpc() -> None:
    """Charge orders over gRPC."""
    settings = from_environment(PaymentSettings)
    configure_logging(settings.logger_level, as_json=settings.logger_as_json)
    server = Injector([PaymentModule(settings)], auto_bind=False).get(GrpcServer)
    server.bind()
    run_until_stopped(server.serve)
