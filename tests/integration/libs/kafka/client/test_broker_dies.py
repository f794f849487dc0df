"""A broker that is killed under load and comes back."""

import gc
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from deploy.local.engines.kafka import Kafka
from deploy.local.engines.ports import free_port
from deploy.local.engines.process import EngineProcess
from libs.kafka.client.consumer import GroupConsumer
from libs.kafka.client.producer import KafkaPublisher
from libs.kafka.types import OutgoingRecord
from tests.integration.libs.kafka.members import Member, Sink, new_group
from tests.integration.libs.kafka.sample_service.__main__ import SERVICE
from tests.integration.libs.kafka.sample_service.sample import Sample
from tests.support.eventually import eventually
from tests.support.roles import running_role
from tests.support.servers.broker import Broker

pytestmark = pytest.mark.engine

TOPIC = "order.paid"
PARTITIONS = 4
BURST = 1000
REFUSALS = 8

LONGER_THAN_A_HEARTBEAT_S = 4.0
"""Seconds after which the consumer has been waiting for an answer for some time."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EngineProcess]:
    """Yield a broker of this test, with the topic and its dead letters."""
    kafka = Kafka(state=tmp_path / "kafka", port=free_port(), controller_port=free_port())
    with EngineProcess(kafka) as server:
        with closing(Broker(kafka.address)) as broker:
            broker.create(TOPIC, partitions=PARTITIONS)
            broker.create(f"{TOPIC}.dlq", max_bytes=2_000_000)
        yield server


@pytest.fixture
def address(server: EngineProcess) -> str:
    assert isinstance(server.engine, Kafka)
    return server.engine.address


def publish_burst(publisher: KafkaPublisher) -> None:
    """Publish until every record is acknowledged; some may be written twice."""
    records = [
        OutgoingRecord(topic=TOPIC, key=str(n).encode(), value=b"fine") for n in range(BURST)
    ]
    while records:
        published = publisher.publish(records)
        records = [records[failure.position] for failure in published.failures]


def all_done(broker: Broker, group: str, sink: Sink) -> bool:
    ends = broker.ends(TOPIC)
    missing = sum(ends.values()) - len(sink.places)
    assert missing == 0, f"{missing} are missing"
    assert broker.committed(group, TOPIC) == ends
    return True


def test_polling_a_frozen_broker_takes_almost_no_processor_time(
    server: EngineProcess, address: str
) -> None:
    with closing(GroupConsumer({"bootstrap_servers": [address]}, TOPIC, new_group())) as consumer:
        eventually(lambda: joined(consumer), within_s=30)
        server.freeze()
        began_at_s, used_s = time.monotonic(), time.process_time()
        while time.monotonic() - began_at_s < LONGER_THAN_A_HEARTBEAT_S:
            consumer.poll(0.5)
        share = (time.process_time() - used_s) / (time.monotonic() - began_at_s)
        server.thaw()

    assert share < 0.15


def joined(consumer: GroupConsumer) -> bool:
    consumer.poll(0.5)
    return bool(consumer._client.assignment())  # noqa: SLF001  # before it there are no heartbeats


@pytest.mark.timeout(180)
def test_a_killed_broker_and_a_member_that_ends_while_it_returns_lose_nothing(
    server: EngineProcess, address: str
) -> None:
    sink, group = Sink(), new_group()
    publisher = KafkaPublisher({"bootstrap_servers": [address]})
    leaving, staying = (Member(address, TOPIC, group, sink) for _ in range(2))
    publish_burst(publisher)
    eventually(lambda: sink.places, within_s=30)

    server.kill()
    refused = publisher.publish([OutgoingRecord(topic=TOPIC, key=b"down", value=b"fine")])
    server.restart()
    leaving.stop()
    publish_burst(publisher)

    with closing(Broker(address)) as broker:
        eventually(lambda: all_done(broker, group, sink), within_s=60)
    staying.stop()
    publisher.close()
    assert refused.acknowledged == ()
    assert sum(times - 1 for times in sink.doubled.values()) <= BURST


def test_sigterm_ends_a_role_whose_broker_is_dead(
    server: EngineProcess, address: str, tmp_path: Path
) -> None:
    sample = Sample({"KAFKA_BROKERS": address}, TOPIC, tmp_path)
    with running_role(SERVICE, "consumer", sample.environment) as role:
        role.wait_for_output("bridge_started")
        with closing(Broker(address)) as broker:
            broker.send(TOPIC, b"fine")
        eventually(sample.handed_off, within_s=30)
        server.kill()
        role.terminate()

        assert role.wait_for_exit(within_s=15) == 0


def test_a_client_keeps_no_socket_of_a_connection_that_was_refused(
    server: EngineProcess, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    def was_refused_often() -> bool:
        consumer.poll(0.5)
        return caplog.text.count("Connection failed") >= REFUSALS

    process = psutil.Process()
    with closing(GroupConsumer({"bootstrap_servers": [address]}, TOPIC, new_group())) as consumer:
        eventually(lambda: joined(consumer), within_s=30)
        files = process.num_fds()
        gc.disable()
        try:
            server.kill()
            eventually(was_refused_often, within_s=30)
            assert process.num_fds() <= files
        finally:
            gc.enable()
