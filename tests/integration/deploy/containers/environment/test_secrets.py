"""Which container gets which secret."""

import re
from collections.abc import Mapping

import pytest

from tests.compose.env_files import DeployCopy, env_values
from tests.compose.projects import PROJECTS, Project, Service, containers, resolved

WORD = re.compile(r"\b[0-9a-f]{48}\b")
"""Secrets that generate-env.sh generates."""

KAFKA = "CORE_KAFKA_SASL_PASSWORD"
REDIS = "CORE_REDIS_PASSWORD"
EXPORTERS = "CORE_REDIS_EXPORTER_PASSWORD"
FLOWERS = "CORE_REDIS_FLOWER_PASSWORD"
READERS = "CORE_REDIS_READER_PASSWORD"
KAFKA_OF_OPERATOR = "CORE_KAFKA_OPERATOR_PASSWORD"
ORDERS = "ORDER_POSTGRES_PASSWORD"
MESSAGES = "NOTIFICATION_POSTGRES_PASSWORD"
PARTS = "INVENTORY_MONGO_INITDB_ROOT_PASSWORD"
TELEGRAM = "NOTIFICATION_TELEGRAM_BOT_TOKEN"

TOLD = {
    "kafka": {KAFKA, KAFKA_OF_OPERATOR},
    "kafka-topics": {KAFKA},
    "kafka-ui": {KAFKA},
    "redis": {REDIS, FLOWERS, EXPORTERS, READERS, "CORE_REDIS_OPERATOR_PASSWORD"},
    "flower": {FLOWERS, "CORE_FLOWER_BASIC_AUTH"},
    "redis-exporter": {EXPORTERS},
    "kafka-exporter": {KAFKA},
    "prometheus": set(),
    "grafana": {"CORE_GRAFANA_PASSWORD"},
    "order-postgres-exporter": {ORDERS},
    "notification-postgres-exporter": {MESSAGES},
    "inventory-mongo-exporter": {PARTS},
    "order-postgres": {ORDERS},
    "order-migrate": {ORDERS, KAFKA, REDIS},
    "order-http": {ORDERS, KAFKA, REDIS, "ORDER_ORDER_API_KEYS"},
    "order-proxy": set(),
    "order-relay": {ORDERS, KAFKA, REDIS},
    "order-consumer": {ORDERS, KAFKA, REDIS},
    "order-worker": {ORDERS, KAFKA, REDIS},
    "inventory-mongo": {PARTS},
    "inventory-migrate": {PARTS},
    "inventory-grpc": {PARTS},
    "payment-grpc": set(),
    "assembly-consumer": {KAFKA, REDIS},
    "assembly-worker": {KAFKA, REDIS},
    "notification-postgres": {MESSAGES},
    "notification-migrate": {MESSAGES},
    "notification-consumer": {MESSAGES, KAFKA, REDIS, TELEGRAM},
    "notification-worker": {MESSAGES, KAFKA, REDIS, TELEGRAM},
    "notification-bot": {TELEGRAM},
    "notification-grpc": {MESSAGES},
    "operator": {
        KAFKA_OF_OPERATOR,
        READERS,
        "ORDER_ORDER_API_KEYS",
        "OPERATOR_ORDER_POSTGRES_PASSWORD",
        "OPERATOR_NOTIFICATION_POSTGRES_PASSWORD",
    },
}


@pytest.fixture
def with_a_bot(copy: DeployCopy) -> DeployCopy:
    """Generate a copy in which the bot has a token."""
    copy.generate()
    text = copy.env_file.read_text()
    copy.env_file.write_text(text.replace(f"{TELEGRAM}=", f"{TELEGRAM}=generate-me"))
    copy.generate()
    return copy


@pytest.fixture(scope="module")
def without_files(deployed: DeployCopy) -> Mapping[str, Service]:
    """Return containers with their env_file not yet read into their environment."""
    projects = {
        name: resolved(deployed.compose_file(name), with_env_files=False) for name in PROJECTS
    }
    return {name: service for _, name, service in containers(projects)}


def test_a_container_gets_exactly_the_secrets_that_it_needs(
    with_a_bot: DeployCopy,
) -> None:
    names = {
        word: name
        for name, value in env_values(with_a_bot.env_file).items()
        for word in WORD.findall(value)
    }
    projects = {name: resolved(with_a_bot.compose_file(name)) for name in PROJECTS}

    told = {
        name: {names[word] for word in WORD.findall(" ".join(service["environment"].values()))}
        for _, name, service in containers(projects)
    }

    assert told == TOLD
    assert set(names.values()) == set().union(*TOLD.values())


def test_a_container_gets_the_file_of_its_project_and_those_that_need_little_get_none(
    without_files: Mapping[str, Service], projects: Mapping[str, Project], deployed: DeployCopy
) -> None:
    files = {
        name: [each["path"] for each in service.get("env_file", ())]
        for name, service in without_files.items()
    }
    watchers = {name for name, service in without_files.items() if "profiles" in service}

    assert [files.pop(name) for name in (*watchers, "order-proxy")] == [[]] * (len(watchers) + 1)
    assert files.pop("kafka") == [str(deployed.rendered("core").with_name("kafka.env"))]
    assert files == {
        name: [str(deployed.rendered(project))]
        for project, name, _ in containers(projects)
        if name not in {"kafka", "order-proxy", *watchers}
    }


def test_beside_the_file_our_roles_and_jobs_get_only_variables_that_are_emptied(
    without_files: Mapping[str, Service],
) -> None:
    given = {
        name: set((service.get("environment") or {}).values()) - {""}
        for name, service in without_files.items()
        if service["image"].startswith("shipyard-") and name != "flower"
    }

    assert {name: values for name, values in given.items() if values} == {}
