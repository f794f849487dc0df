from injector import Injector

from inventory_service.app.di import GrpcModule, Mongo, StorageModule
from inventory_service.config.settings import GrpcSettings
from libs.grpc.server import GrpcServer
from libs.lifecycle.running import run_until_stopped
from libs.lifecycle.starting import start_role


def run_grpc() -> None:
    """Serve the catalogue over gRPC."""
    settings = start_role(GrpcSettings)
    injector = Injector([StorageModule(settings), GrpcModule(settings)], auto_bind=False)
    server = injector.get(GrpcServer)
    server.bind()
    run_until_stopped(server.serve, closing=[injector.get(Mongo).close])
