"""Foreign producers that compress: what the broker stores, and what a member cannot read."""

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import groupby

import pytest
from kafka import KafkaProducer, codec
from kafka.errors import MessageSizeTooLargeError

from libs.kafka.client.consumer import GroupConsumer
from libs.kafka.client.topics import Topics
from libs.kafka.consuming import Consumer
from libs.kafka.errors import UnreadableBatch
from tests.integration.libs.kafka.members import new_group
from tests.support.eventually import eventually
from tests.support.servers.broker import LARGEST_BYTES, Broker

LARGE = bytes(4_000_000)
PACKED = b"a" * 1000


class RunsInSnappy:
    """Compresses runs of one byte in snappy's format, from 128 bytes to 16 kB."""

    @staticmethod
    def compress(text: bytes) -> bytes:
        packed = bytearray((len(text) & 0x7F | 0x80, len(text) >> 7))
        for byte, run in groupby(text):
            packed += bytes((0, byte))
            left = len(list(run)) - 1
            while left:
                copied = min(left, 64)
                packed += bytes(((copied - 1) << 2 | 2, 1, 0))
                left -= copied
        return bytes(packed)


def send_compressed(broker: Broker, topic: str, value: bytes, compression: str) -> None:
    with closing(
        KafkaProducer(
            bootstrap_servers=[broker.address],
            compression_type=compression,
            max_request_size=LARGEST_BYTES,
        )
    ) as producer:
        producer.send(topic, value).get(timeout=10)


@pytest.fixture
def send_snappy(monkeypatch: pytest.MonkeyPatch) -> Callable[[Broker, str, bytes], None]:
    def send(broker: Broker, topic: str, value: bytes) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(codec, "snappy", RunsInSnappy)
            send_compressed(broker, topic, value, "snappy")

    return send


@pytest.fixture
def topic(broker: Broker, make_topic: Callable[..., str]) -> str:
    """Create a topic before the job finds it."""
    topic = make_topic()
    Topics({"bootstrap_servers": [broker.address]}).create([topic], partitions=1, replication=1)
    return topic


@pytest.fixture
def new_topic(broker: Broker, topic: str) -> Iterator[str]:
    """Let the job create a topic."""
    name = f"{topic}.new"
    Topics({"bootstrap_servers": [broker.address]}).create([name], partitions=1, replication=1)
    yield name
    broker.delete(name, f"{name}.dlq")


def read_one(member: Consumer) -> bytes | None:
    found = list[bytes | None]()

    def comes() -> bool:
        found.extend(each.value for each in member.poll(0.2).records)
        return bool(found)

    eventually(comes)
    return found[0]


@pytest.mark.parametrize("name", ["topic", "new_topic"])
def test_the_broker_decompresses_batches_of_a_foreign_producer(
    broker: Broker,
    send_snappy: Callable[[Broker, str, bytes], None],
    request: pytest.FixtureRequest,
    name: str,
) -> None:
    topic: str = request.getfixturevalue(name)
    member = GroupConsumer({"bootstrap_servers": [broker.address]}, topic, new_group())

    send_snappy(broker, topic, PACKED)

    assert read_one(member) == PACKED
    member.close()


@pytest.mark.parametrize("suffix", ["", ".dlq"])
@pytest.mark.parametrize("name", ["topic", "new_topic"])
def test_the_broker_refuses_a_batch_that_is_too_large_when_decompressed(
    broker: Broker, request: pytest.FixtureRequest, name: str, suffix: str
) -> None:
    topic: str = request.getfixturevalue(name) + suffix

    with pytest.raises(MessageSizeTooLargeError):
        send_compressed(broker, topic, LARGE, "gzip")


def test_a_batch_that_cannot_be_read_is_named_at_every_poll_whatever_was_paused(
    broker: Broker,
    make_topic: Callable[..., str],
    send_snappy: Callable[[Broker, str, bytes], None],
) -> None:
    topic = make_topic()
    broker.send(topic, b"fine")
    send_snappy(broker, topic, PACKED)
    member = GroupConsumer({"bootstrap_servers": [broker.address]}, topic, new_group())

    first = read_one(member)
    member.pause()
    member.poll(0.2)
    member.resume()

    for _ in range(2):
        with pytest.raises(UnreadableBatch, match=f"{topic}, partition 0: .* offset 1 .*snappy"):
            eventually(lambda: member.poll(0.2).records)
    assert first == b"fine"
    member.close()
