"""Objects of the gRPC role: it reads the deliveries, and nothing else."""

from functools import partial

from injector import Module, provider, singleton
from sqlalchemy import Engine

from libs.grpc.server import GrpcServer, server_credentials
from libs.health.heartbeat import Heartbeat
from libs.postgres.engine import create_database_engine
from libs.postgres.transactions import ping
from notification_service.api.grpc.deliveries import NotificationApi, hosted
from notification_service.config.settings import SERVICE, GrpcSettings
from notification_service.repository.overview import deliveries_of
from notification_service.service.list_deliveries import ListDeliveries


class ListingModule(Module):
    def __init__(self, settings: GrpcSettings) -> None:
        self._settings = settings

    @singleton
    @provider
    def engine(self) -> Engine:
        return create_database_engine(self._settings)

    @singleton
    @provider
    def grpc_server(self, engine: Engine) -> GrpcServer:
        return GrpcServer(
            self._settings.grpc_host,
            self._settings.grpc_port,
            service=hosted(NotificationApi(ListDeliveries(partial(deliveries_of, engine)))),
            heartbeat=Heartbeat(self._settings.state_dir, SERVICE, "grpc"),
            check=partial(ping, engine),
            credentials=server_credentials(self._settings),
        )
