"""The only place that builds the inventory service's objects."""

from functools import partial
from typing import Any

from injector import Module, provider, singleton
from pymongo import MongoClient

from inventory_service.api.grpc.inventory import InventoryApi, hosted
from inventory_service.config.settings import SERVICE, CatalogueSettings, GrpcSettings
from inventory_service.repository.mongo_catalogue import MongoCatalogue
from inventory_service.repository.mongo_storage import PARTS, MongoStorage
from inventory_service.service.get_part import GetPart
from inventory_service.service.list_parts import ListParts
from inventory_service.service.ports import Catalogue, CatalogueStorage
from inventory_service.service.prepare_catalogue import PrepareCatalogue
from libs.grpc.server import GrpcServer, server_credentials
from libs.health.heartbeat import Heartbeat
from libs.mongo.client import create_mongo_client, ping

Mongo = MongoClient[dict[str, Any]]


class StorageModule(Module):
    """Objects of the role and the migration."""

    def __init__(self, settings: CatalogueSettings) -> None:
        self._settings = settings

    @singleton
    @provider
    def mongo(self) -> Mongo:
        return create_mongo_client(self._settings)

    @singleton
    @provider
    def catalogue(self, mongo: Mongo) -> Catalogue:
        return MongoCatalogue(mongo[self._settings.mongo_database][PARTS])

    @singleton
    @provider
    def storage(self, mongo: Mongo) -> CatalogueStorage:
        return MongoStorage(mongo[self._settings.mongo_database])

    @singleton
    @provider
    def prepare_catalogue(self, storage: CatalogueStorage) -> PrepareCatalogue:
        return PrepareCatalogue(storage)


class GrpcModule(Module):
    """Objects of the role only."""

    def __init__(self, settings: GrpcSettings) -> None:
        self._settings = settings

    @singleton
    @provider
    def grpc_server(self, catalogue: Catalogue, mongo: Mongo) -> GrpcServer:
        return GrpcServer(
            self._settings.grpc_host,
            self._settings.grpc_port,
            service=hosted(InventoryApi(GetPart(catalogue), ListParts(catalogue))),
            heartbeat=Heartbeat(self._settings.state_dir, SERVICE, "grpc"),
            check=partial(ping, mongo),
            credentials=server_credentials(self._settings),
        )
