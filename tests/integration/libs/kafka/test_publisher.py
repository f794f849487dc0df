"""The publisher where a broker refuses, or is not there."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from structlog.testing import capture_logs

from libs.engines.ports import free_port
from libs.kafka.producer import KafkaPublisher
from libs.kafka.types import OutgoingRecord
from libs.testing.broker import Broker

pytestmark = pytest.mark.engine


def a_record(topic: str, value: bytes = b"value") -> OutgoingRecord:
    return OutgoingRecord(topic=topic, key=b"key", value=value)


def test_a_fatal_refusal_replaces_the_client_and_the_next_batch_goes_through(
    broker: Broker, make_topic: Callable[..., str]
) -> None:
    topic = make_topic()
    publisher = KafkaPublisher({"bootstrap_servers": [broker.address]}, max_record_bytes=8_000_000)

    with capture_logs() as logs:
        refused = publisher.publish([a_record(topic, value=bytes(2_000_000))])
    accepted = publisher.publish([a_record(topic)])

    publisher.close()
    assert [(each.position, each.permanent) for each in refused.failures] == [(0, True)]
    assert [each["event"] for each in logs] == ["kafka_producer_replaced"]
    assert accepted.acknowledged == (0,)


def test_a_missing_topic_fails_the_whole_batch_after_one_wait(broker: Broker) -> None:
    publisher = KafkaPublisher({"bootstrap_servers": [broker.address]})
    began = time.monotonic()

    published = publisher.publish([a_record("there.is.none") for _ in range(50)])

    publisher.close()
    assert [each.position for each in published.failures] == list(range(50))
    assert time.monotonic() - began < 12


def test_one_missing_topic_holds_up_no_other_and_several_are_not_all_waited_for(
    broker: Broker, make_topic: Callable[..., str]
) -> None:
    topic = make_topic()
    publisher = KafkaPublisher({"bootstrap_servers": [broker.address]})
    began = time.monotonic()

    one = publisher.publish([a_record(each) for each in ("none", topic, "none", topic)])
    several = publisher.publish([a_record(f"none.{each}") for each in range(50)])

    publisher.close()
    assert one.acknowledged == (1, 3)
    assert [each.position for each in one.failures] == [0, 2]
    assert [each.position for each in several.failures] == list(range(50))
    assert time.monotonic() - began < 20


def test_threads_do_not_queue_up_for_a_broker_that_is_not_there() -> None:
    publisher = KafkaPublisher({"bootstrap_servers": [f"127.0.0.1:{free_port()}"]})
    began = time.monotonic()

    with ThreadPoolExecutor(8) as pool:
        published = list(pool.map(publisher.publish, [[a_record("order.paid")]] * 8))

    assert all(len(each.failures) == 1 for each in published)
    assert time.monotonic() - began < 9


def test_threads_share_one_publisher(broker: Broker, make_topic: Callable[..., str]) -> None:
    topic = make_topic(3)
    publisher = KafkaPublisher({"bootstrap_servers": [broker.address]})

    with ThreadPoolExecutor(8) as pool:
        published = list(pool.map(publisher.publish, [[a_record(topic)] * 100] * 8))

    publisher.close()
    assert sum(len(each.acknowledged) for each in published) == 800
    assert len(broker.records(topic)) == 800
