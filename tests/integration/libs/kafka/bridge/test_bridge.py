"""The bridge on a real broker."""

from collections.abc import Callable

import pytest

from tests.integration.libs.kafka.conftest import Join
from tests.integration.libs.kafka.members import MALFORMED_PREFIX, Sink, new_group
from tests.support.eventually import eventually
from tests.support.servers.broker import Broker

MEBIBYTE = 1024 * 1024


@pytest.fixture
def topic(make_topic: Callable[..., str], broker: Broker) -> str:
    topic = make_topic(4)
    broker.create(f"{topic}.dlq", partitions=2, max_bytes=4 * MEBIBYTE)
    return topic


def produce(broker: Broker, topic: str, count: int) -> None:
    for partition in range(4):
        broker.send(topic, *[b"fine"] * (count // 4), partition=partition)


def test_an_outage_with_members_coming_and_going_loses_and_doubles_nothing(
    broker: Broker, topic: str, sink: Sink, join: Join
) -> None:
    group = new_group()

    def join_and_be_refused(topic: str, group: str) -> None:
        """Let a member join, and wait until its rebalance is over: a batch in one comes twice."""
        before = sink.refusals
        join(topic, group)
        eventually(lambda: sink.refusals >= before + 3, within_s=20)

    first = join(topic, group)
    produce(broker, topic, 2000)
    eventually(lambda: len(sink.places) == 2000)
    eventually(lambda: broker.committed(group, topic) == broker.ends(topic))

    sink.outage.set()
    produce(broker, topic, 2000)
    eventually(lambda: sink.refusals >= 2)
    join_and_be_refused(topic, group)
    first.stop()
    produce(broker, topic, 400)
    join_and_be_refused(topic, group)
    sink.outage.clear()

    eventually(lambda: len(sink.places) == 4400, within_s=30)
    eventually(lambda: broker.committed(group, topic) == broker.ends(topic))
    assert sink.doubled == {}


def test_malformed_records_of_every_kind_are_dead_lettered_and_their_neighbours_are_handed_off(
    broker: Broker, make_topic: Callable[..., str], sink: Sink, join: Join
) -> None:
    topic = make_topic()
    broker.delete(topic)
    large = MALFORMED_PREFIX + bytes(2 * MEBIBYTE)
    topic = f"{topic}.large"
    broker.create(topic, max_bytes=3 * MEBIBYTE)
    broker.create(f"{topic}.dlq", max_bytes=4 * MEBIBYTE)
    group = new_group()
    broker.send(topic, b"fine", key=b"key")
    broker.send(topic, large, b"", None, key=b"key", headers=(("foreign", b"\xff"),))
    broker.send(topic, None, b"malformed without a key", b"fine without a key")

    join(topic, group)
    eventually(lambda: broker.committed(group, topic) == {0: 7}, within_s=20)

    assert set(sink.places) == {(0, 0), (0, 6)}
    dead_letters = broker.records(f"{topic}.dlq")
    assert [(each.key, each.value) for each in dead_letters] == [
        (b"key", large),
        (b"key", b""),
        (b"key", None),
        (None, None),
        (None, b"malformed without a key"),
    ]
    assert dead_letters[0].headers[0] == ("foreign", b"\xff")
    assert dict(dead_letters[0].headers)["x-dlq-source-offset"] == b"1"
    broker.delete(topic, f"{topic}.dlq")
