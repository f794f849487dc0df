"""The object graph of the HTTP role needs only settings."""

import pytest
from flask import Flask
from injector import Injector
from pydantic import ValidationError

from order_service.app.di.charging import ChargingModule
from order_service.app.di.http import HttpModule
from order_service.app.di.storage import StorageModule
from order_service.config.settings import ConsumerSettings, HttpSettings
from tests.support.environment import CELERY, KAFKA, POSTGRES

ENVIRONMENT = {
    "INVENTORY_GRPC_HOST": "inventory.invalid",
    "PAYMENT_GRPC_HOST": "payment.invalid",
    **(KAFKA | CELERY | POSTGRES),
}


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> HttpSettings:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return HttpSettings()


def test_the_defaults_are_those_of_the_contract_open_and_unlimited(settings: HttpSettings) -> None:
    assert (settings.http_host, settings.http_port) == ("127.0.0.1", 8080)
    assert settings.inventory_port == 50051
    assert settings.payment_port == 50052
    assert (settings.notification_host, settings.notification_port) == (None, 50053)
    assert settings.order_paid_topic == "order.paid"
    assert ConsumerSettings().order_assembled_group == "order-group-order-assembled"
    assert (settings.each_api_key, settings.rate_limit) == ((), None)


def test_api_keys_are_separated_by_commas_or_lines(
    settings: HttpSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDER_API_KEYS", " one,two ,\nthree\n,")

    assert HttpSettings().each_api_key == ("one", "two", "three")
    assert "three" not in repr(HttpSettings())


@pytest.mark.parametrize("limit", ["0/minute", "600", "600/fortnight", "many/minute", "-1/hour"])
def test_a_malformed_limit_is_refused(
    settings: HttpSettings, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setenv("ORDER_RATE_LIMIT", limit)

    with pytest.raises(ValidationError, match="ORDER_RATE_LIMIT"):
        HttpSettings()


@pytest.mark.parametrize("number", ["0", "65", "-1", "all"])
def test_a_number_of_workers_that_makes_no_sense_is_refused(
    settings: HttpSettings, monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    assert settings.http_workers == 1
    monkeypatch.setenv("HTTP_WORKERS", number)

    with pytest.raises(ValidationError, match="HTTP_WORKERS"):
        HttpSettings()


def test_settings_never_show_a_secret(settings: HttpSettings) -> None:
    assert "a-secret" not in repr(settings)
    assert "redis.invalid" not in repr(settings)


@pytest.mark.parametrize("notification", ["", "notification.invalid"])
@pytest.mark.parametrize("limit", ["", "600/minute"])
def test_the_whole_graph_is_built_without_a_connection(
    settings: HttpSettings, monkeypatch: pytest.MonkeyPatch, limit: str, notification: str
) -> None:
    monkeypatch.setenv("ORDER_RATE_LIMIT", limit)
    monkeypatch.setenv("NOTIFICATION_GRPC_HOST", notification)
    settings = HttpSettings()
    modules = [StorageModule(settings), ChargingModule(settings), HttpModule(settings)]
    injector = Injector(modules, auto_bind=False)

    assert injector.get(Flask) is injector.get(Flask)
