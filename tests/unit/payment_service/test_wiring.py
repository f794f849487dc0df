import pytest
from injector import Injector

from libs.grpc.server import GrpcServer
from payment_service.app.di import PaymentModule
from payment_service.config.settings import GrpcSettings


def test_the_role_is_built_without_a_connection() -> None:
    objects = Injector([PaymentModule(GrpcSettings())], auto_bind=False)

    assert isinstance(objects.get(GrpcServer), GrpcServer)


def test_the_default_port_is_the_one_of_the_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRPC_PORT", raising=False)

    assert GrpcSettings().grpc_port == 50052
