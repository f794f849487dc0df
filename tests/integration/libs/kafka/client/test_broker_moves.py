"""A broker that comes back at another address, with unchanged bootstrap addresses."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.local.engines.kafka import Kafka
from deploy.local.engines.ports import free_port
from deploy.local.engines.process import EngineProcess
from libs.kafka.client.consumer import GroupConsumer
from libs.kafka.client.producer import KafkaPublisher
from libs.kafka.types import OutgoingRecord, Record
from tests.integration.libs.kafka.members import new_group
from tests.support.eventually import eventually
from tests.support.servers.broker import Broker

pytestmark = pytest.mark.engine

TOPIC = "order.paid"

BEFORE, AFTER = (
    OutgoingRecord(topic=TOPIC, key=b"key", value=value) for value in (b"before", b"after")
)


@pytest.fixture
def here(tmp_path: Path) -> Kafka:
    return Kafka(state=tmp_path / "kafka", port=free_port(), controller_port=free_port())


@pytest.fixture
def elsewhere(here: Kafka) -> Kafka:
    return replace(here, port=free_port())


@pytest.fixture
def server(here: Kafka) -> Iterator[EngineProcess]:
    with EngineProcess(here) as server:
        with closing(Broker(here.address)) as broker:
            broker.create(TOPIC)
        yield server


@pytest.mark.timeout(120)
def test_clients_find_a_broker_whose_advertised_address_changed_while_it_was_down(
    server: EngineProcess, here: Kafka, elsewhere: Kafka
) -> None:
    connection = {
        "bootstrap_servers": [here.address, elsewhere.address],
        "metadata_max_age_ms": 1_000,
    }
    publisher = KafkaPublisher(connection)
    consumer = GroupConsumer(connection, TOPIC, new_group())
    publisher.publish([BEFORE])
    read_before = next_records(consumer)

    server.kill()
    server.engine = elsewhere
    server.restart()
    eventually(lambda: publisher.publish([AFTER]).acknowledged, within_s=30)
    read_after = next_records(consumer)

    consumer.close()
    publisher.close()
    assert [each.value for each in read_before] == [b"before"]
    assert {each.value for each in read_after} == {b"after"}


def next_records(consumer: GroupConsumer) -> list[Record]:
    return list(eventually(lambda: consumer.poll(0.2).records, within_s=30))
