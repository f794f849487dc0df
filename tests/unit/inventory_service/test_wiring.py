import pytest
from injector import Injector
from pymongo import MongoClient

from inventory_service.app.di import GrpcModule, Mongo, StorageModule
from inventory_service.config.settings import GrpcSettings
from inventory_service.service.prepare_catalogue import PrepareCatalogue
from libs.grpc.server import GrpcServer


def test_every_role_is_built_without_a_connection() -> None:
    settings = GrpcSettings.model_validate({"MONGO_HOST": "nowhere.invalid"})
    objects = Injector([StorageModule(settings), GrpcModule(settings)], auto_bind=False)

    assert isinstance(objects.get(GrpcServer), GrpcServer)
    assert isinstance(objects.get(PrepareCatalogue), PrepareCatalogue)
    mongo = objects.get(Mongo)
    assert isinstance(mongo, MongoClient)
    assert mongo.nodes == frozenset()


def test_the_default_port_is_the_one_of_the_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRPC_PORT", raising=False)

    assert GrpcSettings.model_validate({"MONGO_HOST": "db"}).grpc_port == 50051
