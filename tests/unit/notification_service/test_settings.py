import pytest

from libs.settings.base import EXIT_BAD_CONFIGURATION, Settings, from_environment
from notification_service.config.settings import (
    BotSettings,
    ConsumerSettings,
    GrpcSettings,
    WorkerSettings,
)
from tests.support.environment import CELERY, KAFKA, POSTGRES
from tests.support.servers.telegram import TOKEN

EVERYTHING = {
    "TELEGRAM_BOT_TOKEN": TOKEN,
    "TELEGRAM_CHAT_ID": "-42",
    **(KAFKA | CELERY | POSTGRES),
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in EVERYTHING.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_the_defaults_are_those_of_the_contract(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("TELEGRAM_API_URL", "")

    settings, worker = from_environment(ConsumerSettings), from_environment(WorkerSettings)

    assert settings.telegram_chat_id == -42
    assert worker.telegram_api_url == "https://api.telegram.org"
    assert worker.notification_language == "en"
    assert settings.order_paid_group == "notification-group-order-paid"
    assert settings.order_assembled_group == "notification-group-order-assembled"
    assert (settings.order_paid_topic, settings.order_assembled_topic) == (
        "order.paid",
        "order.assembled",
    )


def test_the_token_is_never_shown(environment: pytest.MonkeyPatch) -> None:
    settings = from_environment(WorkerSettings)

    assert TOKEN not in repr(settings)
    assert TOKEN not in str(settings.model_dump())


def test_the_bot_needs_no_chat(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("TELEGRAM_CHAT_ID")

    assert from_environment(BotSettings).telegram_bot_token.get_secret_value() == TOKEN


def test_the_grpc_role_needs_its_database_alone(environment: pytest.MonkeyPatch) -> None:
    for name in EVERYTHING.keys() - POSTGRES.keys():
        environment.delenv(name)

    assert from_environment(GrpcSettings).postgres_db == POSTGRES["POSTGRES_DB"]


@pytest.mark.parametrize(
    ("role", "name", "value"),
    [
        (ConsumerSettings, "TELEGRAM_CHAT_ID", "@shipyard"),
        (WorkerSettings, "TELEGRAM_API_URL", "localhost:8081"),
        (WorkerSettings, "NOTIFICATION_LANGUAGE", "fr"),
    ],
)
def test_a_bad_value_is_one_line(
    environment: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    role: type[Settings],
    name: str,
    value: str,
) -> None:
    environment.setenv(name, value)

    with pytest.raises(SystemExit) as raised:
        from_environment(role)

    assert raised.value.code == EXIT_BAD_CONFIGURATION
    error = capsys.readouterr().err
    assert name in error
    assert len(error.splitlines()) == 1
