from pathlib import Path

from deploy.local.configuration.environment import relevant
from tests.unit.deploy.builders import PASSWORDS, a_stack, environments


def engine_names(tmp_path: Path, caller: dict[str, str]) -> set[str]:
    return {engine.name for engine in a_stack(tmp_path, caller).engines()}


def test_an_address_replaces_its_engine_and_stays_unchanged(tmp_path: Path) -> None:
    caller = {
        "KAFKA_BROKERS": "kafka:9092",
        "CELERY_BROKER_URL": "redis://cache/3",
        "MONGO_HOST": "documents",
    }

    assert engine_names(tmp_path, {}) == {"kafka", "redis", "postgres", "mongo"}
    assert engine_names(tmp_path, caller) == {"postgres"}
    assert caller.keys().isdisjoint(environments(caller).order())
    assert caller.keys().isdisjoint(environments(caller).inventory())


def test_a_foreign_postgresql_has_a_database_for_each_service() -> None:
    foreign = environments(
        {"POSTGRES_HOST": "db", "POSTGRES_USER": "me", "NOTIFICATION_POSTGRES_DB": "chat"}
    )

    assert foreign.order()["POSTGRES_DB"] == "order"
    assert foreign.notification()["POSTGRES_DB"] == "chat"
    assert "POSTGRES_USER" not in foreign.order()


def test_each_local_database_has_its_own_user_and_password() -> None:
    local = environments()

    order, notification = local.order(), local.notification()

    assert (order["POSTGRES_USER"], order["POSTGRES_PASSWORD"]) == ("order", PASSWORDS.order)
    assert notification["POSTGRES_DB"] == "notification"
    assert notification["POSTGRES_PASSWORD"] == PASSWORDS.notification


def test_settings_meant_for_a_foreign_engine_do_not_reach_a_local_one() -> None:
    local = environments({"KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "POSTGRES_SSL_MODE": "require"})

    assert local.assembly()["KAFKA_SECURITY_PROTOCOL"] == "PLAINTEXT"
    assert local.order()["POSTGRES_SSL_MODE"] == "disable"


def test_a_token_with_its_chat_means_the_real_telegram(tmp_path: Path) -> None:
    caller = {"TELEGRAM_BOT_TOKEN": "mine", "TELEGRAM_CHAT_ID": "7"}

    names = {program.name for program in a_stack(tmp_path, caller).programs()}

    assert "telegram-sandbox" not in names
    assert "TELEGRAM_API_URL" not in environments(caller).notification()


def test_a_token_without_a_chat_stays_in_the_sandbox() -> None:
    settings = environments({"TELEGRAM_BOT_TOKEN": "mine"}).notification()

    assert settings["TELEGRAM_BOT_TOKEN"] == PASSWORDS.telegram
    assert settings["TELEGRAM_API_URL"] == "http://127.0.0.1:8081"


def test_only_the_stored_environment_decides() -> None:
    remembered = relevant({"HTTP_PORT": "1", "MONGO_HOST": "m", "HOME": "/", "EDITOR": "vi"})

    assert remembered == {"HTTP_PORT": "1", "MONGO_HOST": "m"}
