"""Contract of publishers: in memory and on a broker."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from libs.kafka.client.producer import KafkaPublisher
from libs.kafka.errors import PublishFailed
from libs.kafka.publishing import Publisher
from libs.kafka.types import OutgoingRecord
from tests.support.kafka import FakePublisher

BACKENDS = ["memory", pytest.param("kafka", marks=pytest.mark.engine)]


@pytest.fixture(params=BACKENDS)
def publisher(request: pytest.FixtureRequest) -> Iterator[Publisher]:
    if request.param == "memory":
        yield FakePublisher()
        return
    publisher = KafkaPublisher({"bootstrap_servers": [request.getfixturevalue("kafka_brokers")]})
    yield publisher
    publisher.close()


@pytest.fixture
def topic(request: pytest.FixtureRequest, publisher: Publisher) -> str:
    if isinstance(publisher, FakePublisher):
        return "order.paid"
    make: Callable[..., str] = request.getfixturevalue("make_topic")
    return make(3)


def a_record(
    topic: str, value: bytes | None = b"value", key: bytes | None = b"key"
) -> OutgoingRecord:
    return OutgoingRecord(
        topic=topic,
        key=key,
        value=value,
        headers=(("event-type", b"events.v1.OrderPaid"),),
        timestamp=datetime(2026, 3, 1, 12, tzinfo=UTC),
    )


def test_every_record_of_a_batch_is_acknowledged(publisher: Publisher, topic: str) -> None:
    published = publisher.publish([a_record(topic) for _ in range(700)])

    assert published.acknowledged == tuple(range(700))
    assert published.failures == ()
    published.ensure_complete()


def test_an_empty_batch_is_complete(publisher: Publisher) -> None:
    publisher.publish([]).ensure_complete()


def test_a_record_may_have_neither_key_nor_value(publisher: Publisher, topic: str) -> None:
    publisher.publish([a_record(topic, value=None, key=None)]).ensure_complete()


def test_a_too_large_record_fails_permanently_and_alone(publisher: Publisher, topic: str) -> None:
    large = a_record(topic, value=bytes(2 * 1024 * 1024))

    published = publisher.publish([a_record(topic), large, a_record(topic)])

    assert published.acknowledged == (0, 2)
    assert [(each.position, each.permanent) for each in published.failures] == [(1, True)]
    with pytest.raises(PublishFailed, match="2 of 3"):
        published.ensure_complete()


def test_a_closed_publisher_connects_again(publisher: Publisher, topic: str) -> None:
    publisher.publish([a_record(topic)])

    publisher.close()
    publisher.close()

    publisher.publish([a_record(topic)]).ensure_complete()
