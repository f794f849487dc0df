"""How the command line finds a stack."""

import json
from pathlib import Path

import pytest

from deploy.local.configuration.folders import Folders
from deploy.shipyard.exits import NoStack, WrongUsage
from deploy.shipyard.servers import Servers
from deploy.shipyard.surroundings import FOLDER_VARIABLE, Surroundings
from libs.settings.groups import CelerySettings, KafkaSettings, PostgresSettings


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folders:
    """Return the folders of a stack that was not started."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    return Folders(tmp_path)


@pytest.fixture
def started(folders: Folders) -> Folders:
    """Return the folders of a stack that was started with its own ports."""
    folders.make()
    folders.environment.write_text(json.dumps({"HTTP_PORT": "24080", "POSTGRES_PORT": "24432"}))
    return folders


def test_the_running_stack_is_found_with_the_ports_it_was_started_with(started: Folders) -> None:
    found = Surroundings.of_this_process()

    database = found.settings(PostgresSettings, "notification")
    assert found.api_url == "http://127.0.0.1:24080"
    assert (database.postgres_port, database.postgres_db) == (24432, "notification")
    assert database.postgres_password.get_secret_value()


def test_an_address_in_the_environment_wins(
    started: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_BROKERS", "kafka.example:9092")
    monkeypatch.setenv("SHIPYARD_URL", "http://shop.example/")

    found = Surroundings.of_this_process()

    assert found.settings(KafkaSettings, "order").kafka_brokers == "kafka.example:9092"
    assert found.api_url == "http://shop.example"


def test_each_database_can_be_named_without_a_local_stack(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    for service in ("ORDER", "NOTIFICATION"):
        monkeypatch.setenv(f"{service}_POSTGRES_HOST", f"{service.lower()}-db")
        monkeypatch.setenv(f"{service}_POSTGRES_USER", service.lower())
        monkeypatch.setenv(f"{service}_POSTGRES_PASSWORD", "word")

    found = Surroundings.of_this_process()

    hosts = [
        found.settings(PostgresSettings, each).postgres_host for each in ("order", "notification")
    ]
    assert hosts == ["order-db", "notification-db"]
    assert found.settings(PostgresSettings, "order").postgres_db == "order"


def test_each_service_may_have_a_group_of_its_own_name(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSEMBLY_ORDER_PAID_CONSUMER_GROUP_ID", "builders")
    monkeypatch.setenv("NOTIFICATION_ORDER_PAID_CONSUMER_GROUP_ID", "tellers")
    monkeypatch.setenv("KAFKA_BROKERS", "kafka.example:9092")

    readers = Servers(Surroundings.of_this_process()).readers()

    assert {each.group for each in readers} >= {"builders", "tellers"}


def test_without_a_stack_the_missing_variables_are_named(folders: Folders) -> None:
    found = Surroundings.of_this_process()

    with pytest.raises(NoStack, match=r"no stack runs here: .* set CELERY_BROKER_URL"):
        found.settings(CelerySettings, "order")
    with pytest.raises(NoStack, match="SHIPYARD_URL"):
        _ = found.api_url


def test_looking_for_a_stack_creates_nothing(folders: Folders) -> None:
    Surroundings.of_this_process()

    assert list(folders.local.iterdir()) == []


def test_a_variable_with_a_wrong_value_is_named(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_BROKERS", "http://kafka")

    with pytest.raises(WrongUsage, match=r"KAFKA_BROKERS: .*no scheme"):
        Surroundings.of_this_process().settings(KafkaSettings, "order")


def test_reading_settings_leaves_the_environment_as_it_was(
    started: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("POSTGRES_PASSWORD", raising=False)
    found = Surroundings.of_this_process()

    first, second = (found.settings(PostgresSettings, each) for each in ("order", "notification"))

    assert (first.postgres_db, second.postgres_db) == ("order", "notification")
