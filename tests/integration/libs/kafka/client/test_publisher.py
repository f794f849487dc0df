"""The publisher when a broker refuses or is down."""

import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from deploy.local.engines.ports import free_port
from libs.clock import utc_now
from libs.kafka.client.producer import KafkaPublisher
from libs.kafka.types import OutgoingRecord
from tests.conftest import MakeTopic
from tests.support.eventually import eventually
from tests.support.servers.broker import Broker

NO_TIME = datetime.fromtimestamp(0, UTC)


@pytest.fixture
def publisher(broker: Broker) -> Iterator[KafkaPublisher]:
    """Yield one that sends larger records than the broker accepts."""
    publisher = KafkaPublisher({"bootstrap_servers": [broker.address]}, max_record_bytes=8_000_000)
    yield publisher
    publisher.close()


@pytest.fixture
def topic(make_topic: MakeTopic) -> str:
    return make_topic(3)


def a_record(topic: str, value: bytes = b"value") -> OutgoingRecord:
    return OutgoingRecord(topic=topic, key=b"key", value=value)


def test_a_refusal_replaces_the_client_and_the_next_batch_is_published(
    publisher: KafkaPublisher, topic: str
) -> None:
    with capture_logs() as logs:
        refused = publisher.publish([a_record(topic, value=bytes(2_000_000))])
    accepted = publisher.publish([a_record(topic)])

    assert [(each.position, each.permanent) for each in refused.failures] == [(0, True)]
    assert [each["event"] for each in logs] == ["kafka_producer_replaced"]
    assert accepted.acknowledged == (0,)


def test_a_record_that_the_broker_refuses_fails_alone_in_its_batch(
    publisher: KafkaPublisher, topic: str, make_topic: MakeTopic
) -> None:
    healthy = [a_record(each) for each in (topic, make_topic()) * 50]

    published = publisher.publish([*healthy, a_record(topic, value=bytes(2_000_000)), *healthy])

    assert [(each.position, each.permanent) for each in published.failures] == [(100, True)]
    assert len(published.acknowledged) == 200


@pytest.mark.parametrize("ahead", [timedelta(minutes=30), timedelta(days=1)])
def test_a_record_from_the_future_is_sent_with_the_present_time_and_delays_no_other(
    publisher: KafkaPublisher, broker: Broker, topic: str, ahead: timedelta
) -> None:
    began = utc_now()
    future = replace(a_record(topic, b"future"), timestamp=began + ahead)

    with capture_logs() as logs:
        for _ in range(3):
            publisher.publish([*[a_record(topic)] * 30, future, *[a_record(topic)] * 30])

    stored = [each for each in broker.records(topic) if each.value == b"future"]
    assert len(stored) == 3
    assert len(broker.records(topic)) == 183
    assert all(abs(each.timestamp - began) < timedelta(minutes=1) for each in stored)
    assert [each["event"] for each in logs] == ["record_time_replaced"]


@pytest.mark.parametrize(("oldest_ms", "timeless"), [("60000", set()), ("0", {NO_TIME})])
def test_a_timestamp_that_the_broker_refuses_is_replaced_by_the_present_or_by_none(
    publisher: KafkaPublisher, broker: Broker, oldest_ms: str, timeless: set[datetime]
) -> None:
    topic = f"times.{uuid.uuid4().hex}"
    broker.create(topic, settings={"message.timestamp.before.max.ms": oldest_ms})
    old = replace(a_record(topic), timestamp=utc_now() - timedelta(days=1))

    published = publisher.publish([*[a_record(topic)] * 30, old, *[a_record(topic)] * 30])

    stored = {each.timestamp for each in broker.records(topic)}
    broker.delete(topic)
    assert len(published.acknowledged) == 61
    assert stored & {NO_TIME} == timeless


def test_records_of_missing_topics_delay_no_others_and_are_not_waited_for(
    publisher: KafkaPublisher, topic: str
) -> None:
    publisher.publish([a_record(topic)])
    missing = [a_record(f"there.is.none.{number}") for number in range(250)]
    nameless = [a_record("no name"), a_record("")]
    began = time.monotonic()

    published = publisher.publish([*missing, a_record(topic), *nameless, *missing, a_record(topic)])

    took_s = time.monotonic() - began
    assert published.acknowledged == (250, 503)
    assert all(each.local for each in published.failures)
    assert "topic there.is.none.0 does not exist" in published.failures[0].reason
    assert took_s < 2


def test_a_missing_topic_is_found_once_it_is_created(
    publisher: KafkaPublisher, broker: Broker
) -> None:
    topic = f"late.{uuid.uuid4().hex}"
    assert publisher.publish([a_record(topic)]).failures

    broker.create(topic)

    eventually(lambda: publisher.publish([a_record(topic)]).acknowledged)
    broker.delete(topic)


def test_threads_do_not_queue_for_a_broker_that_is_down() -> None:
    publisher = KafkaPublisher({"bootstrap_servers": [f"127.0.0.1:{free_port()}"]})
    began = time.monotonic()

    with ThreadPoolExecutor(8) as pool:
        published = list(pool.map(publisher.publish, [[a_record("order.paid")]] * 8))

    assert all(len(each.failures) == 1 for each in published)
    assert time.monotonic() - began < 9


def test_threads_share_one_publisher(publisher: KafkaPublisher, broker: Broker, topic: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        published = list(pool.map(publisher.publish, [[a_record(topic)] * 100] * 8))

    assert sum(len(each.acknowledged) for each in published) == 800
    assert len(broker.records(topic)) == 800
