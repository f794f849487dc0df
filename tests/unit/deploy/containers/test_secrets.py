"""Which container is told which secret."""

import re
from collections.abc import Mapping

import pytest

from tests.rehearsal.compose_files import PROJECTS
from tests.rehearsal.containers import Container, read_containers
from tests.rehearsal.env_files import DeployCopy, env_values

WORD = re.compile(r"\b[0-9a-f]{48}\b")
"""What generate-env.sh makes."""

KAFKA = "CORE_KAFKA_SASL_PASSWORD"
REDIS = "CORE_REDIS_PASSWORD"
FLOWERS = "CORE_REDIS_FLOWER_PASSWORD"
ORDERS = "ORDER_POSTGRES_PASSWORD"
MESSAGES = "NOTIFICATION_POSTGRES_PASSWORD"
PARTS = "INVENTORY_MONGO_INITDB_ROOT_PASSWORD"
TELEGRAM = "NOTIFICATION_TELEGRAM_BOT_TOKEN"

TOLD = {
    "kafka": {KAFKA},
    "kafka-topics": {KAFKA},
    "kafka-ui": {KAFKA},
    "redis": {REDIS, FLOWERS, "CORE_REDIS_OPERATOR_PASSWORD"},
    "flower": {FLOWERS, "CORE_FLOWER_BASIC_AUTH"},
    "order-postgres": {ORDERS},
    "order-migrate": {ORDERS, KAFKA, REDIS},
    "order-http": {ORDERS, KAFKA, REDIS, "ORDER_ORDER_API_KEYS"},
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
}


@pytest.fixture
def containers(copy: DeployCopy) -> list[Container]:
    """All of them, when the bot has a token too."""
    copy.generate()
    text = copy.env_file.read_text()
    copy.env_file.write_text(text.replace(f"{TELEGRAM}=", f"{TELEGRAM}=generate-me"))
    copy.generate()
    return [each for name in PROJECTS for each in read_containers(name, copy.rendered(name))]


@pytest.fixture
def names(containers: list[Container], copy: DeployCopy) -> Mapping[str, str]:
    """Say which secret of .env a word is."""
    values = env_values(copy.env_file)
    return {word: name for name, value in values.items() for word in WORD.findall(value)}


def test_a_container_is_told_the_secrets_that_it_needs_and_no_other(
    containers: list[Container], names: Mapping[str, str]
) -> None:
    told = {
        each.name: {names[word] for word in WORD.findall(" ".join(each.environment.values()))}
        for each in containers
    }

    assert told == TOLD
    assert set(names.values()) == set().union(*TOLD.values())


def test_a_container_gets_its_projects_file_and_the_broker_one_of_its_own(
    containers: list[Container],
) -> None:
    files = {each.name: each.service.get("env_file") for each in containers}

    assert files.pop("kafka") == ["kafka.env"]
    assert {name: file for name, file in files.items() if file != [".env"]} == {}


def test_beside_the_file_our_roles_and_jobs_get_only_what_is_taken_away(
    containers: list[Container],
) -> None:
    ours = [each for each in containers if each.image.startswith("shipyard-")]
    given = {
        each.name: set(each.service.get("environment", {}).values()) - {""}
        for each in ours
        if each.name != "flower"
    }

    assert {name: values for name, values in given.items() if values} == {}
