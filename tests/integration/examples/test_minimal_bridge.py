from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import pytest

from libs.kafka.client.topics import dead_letter_topic
from tests.support.eventually import eventually
from tests.support.roles import RoleProcess, run_to_end, running_role
from tests.support.servers.broker import Broker

EXAMPLE = "examples.minimal_bridge"
LONGEST_FILE_LINES = 80


@pytest.fixture
def topic() -> str:
    return f"greetings-{uuid4().hex}"


@pytest.fixture
def environment(kafka_brokers: str, redis_url: str, topic: str, tmp_path: Path) -> dict[str, str]:
    return {
        "KAFKA_BROKERS": kafka_brokers,
        "CELERY_BROKER_URL": redis_url,
        "GREETINGS_TOPIC": topic,
        "STATE_DIR": str(tmp_path),
    }


@pytest.fixture
def broker(kafka_brokers: str, topic: str, environment: Mapping[str, str]) -> Iterator[Broker]:
    broker = Broker(kafka_brokers)
    assert run_to_end(EXAMPLE, "topics", environment)[0] == 0
    yield broker
    broker.delete(topic, dead_letter_topic(topic))
    broker.close()


@pytest.fixture
def worker(broker: Broker, environment: Mapping[str, str]) -> Iterator[RoleProcess]:
    with (
        running_role(EXAMPLE, "consumer", environment),
        running_role(EXAMPLE, "worker", environment) as worker,
    ):
        yield worker


def test_the_example_greets_with_each_record_and_keeps_what_it_cannot_read(
    broker: Broker, topic: str, worker: RoleProcess
) -> None:
    broker.send(topic, b"hello")
    broker.send(topic, b"\xff")
    broker.send(topic, b"good bye")

    worker.wait_for_output("hello")
    worker.wait_for_output("good bye")
    (dead,) = eventually(lambda: broker.records(dead_letter_topic(topic)))
    assert dead.value == b"\xff"


def test_the_example_is_short_enough_to_be_read() -> None:
    lines = Path("examples/minimal_bridge/__main__.py").read_text().splitlines()

    assert len(lines) < LONGEST_FILE_LINES
