from injector import Injector
from sqlalchemy import Engine

from libs.grpc.server import GrpcServer
from libs.lifecycle.running import run_until_stopped
from libs.lifecycle.starting import start_role
from notification_service.app.di.listing import ListingModule
from notification_service.config.settings import GrpcSettings


def run_grpc() -> None:
    """Serve what the chats were told over gRPC."""
    injector = Injector([ListingModule(start_role(GrpcSettings))], auto_bind=False)
    server = injector.get(GrpcServer)
    server.bind()
    run_until_stopped(server.serve, closing=[injector.get(Engine).dispose])
