"""The environment of the container `operator` leads the command line to every server."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from deploy.local.configuration.environment import api_key
from deploy.shipyard.peers import peers
from deploy.shipyard.servers import Servers
from deploy.shipyard.surroundings import FOLDER_VARIABLE, Surroundings
from order_service.config.settings import CheckSettings
from tests.compose.projects import Project


@pytest.fixture
def surroundings(
    projects: Mapping[str, Project], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Surroundings:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    given = projects["operator"]["services"]["operator"]["environment"]
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return Surroundings.of_this_process()


def test_each_store_is_reached_as_a_user_of_its_own(surroundings: Surroundings) -> None:
    servers = Servers(surroundings)

    databases = [
        (each.url.host, each.url.username, each.url.database)
        for each in (servers.orders, servers.notifications)
    ]
    assert databases == [
        ("order-postgres", "operator", "order"),
        ("notification-postgres", "operator", "notification"),
    ]
    assert servers.broker_url.startswith("redis://reader:")
    assert servers.kafka_settings.kafka_brokers == "kafka:29092"
    assert servers.kafka_settings.kafka_sasl_username == "operator"


def test_servers_and_groups_are_those_of_the_services(
    surroundings: Surroundings, environments: Mapping[str, Mapping[str, str]]
) -> None:
    groups = {
        value
        for service in ("order", "assembly", "notification")
        for name, value in environments[service].items()
        if name.endswith("_CONSUMER_GROUP_ID")
    }

    servers = Servers(surroundings)

    assert {reader.group for reader in servers.readers()} == groups
    assert {name for name, _ in peers(surroundings)} == {"payment", "inventory"}
    assert surroundings.api_url == "http://order-http:8080"
    assert api_key(surroundings.caller) in environments["order"]["ORDER_API_KEYS"]
    assert surroundings.settings(CheckSettings, "order").postgres_user == "operator"
