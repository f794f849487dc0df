"""Many dead letters on a real broker."""

import time
from collections.abc import Callable, Iterator
from itertools import islice

import pytest

from libs.kafka.client.producer import KafkaPublisher
from libs.kafka.client.topics import dead_letter_topic
from libs.kafka.dead_letters.topic import BATCH_SIZE, DeadLetterTopic
from libs.kafka.dead_letters.writer import DEAD_LETTER_PREFIX
from libs.kafka.types import Headers, OutgoingRecord
from tests.support.servers.broker import Broker

GROUP = "readers"


@pytest.fixture
def publisher(broker: Broker) -> Iterator[KafkaPublisher]:
    publisher = KafkaPublisher({"bootstrap_servers": [broker.address]})
    yield publisher
    publisher.close()


def origin(topic: str) -> Headers:
    about = {"source-topic": topic, "group": GROUP}
    return tuple((DEAD_LETTER_PREFIX + name, text.encode()) for name, text in about.items())


def write_dead_letters(publisher: KafkaPublisher, topic: str, number: int, *, to: str) -> None:
    dead_letters = [
        OutgoingRecord(
            topic=dead_letter_topic(topic), key=b"key", value=b"value", headers=origin(to)
        )
        for _ in range(number)
    ]
    for first in range(0, number, 2000):
        publisher.publish(dead_letters[first : first + 2000]).ensure_complete()


@pytest.fixture
def topic(broker: Broker, make_topic: Callable[..., str]) -> str:
    topic = make_topic(2)
    broker.create(dead_letter_topic(topic), partitions=2)
    return topic


@pytest.fixture
def dead_letters(broker: Broker, topic: str) -> DeadLetterTopic:
    return DeadLetterTopic({"bootstrap_servers": [broker.address]}, topic, GROUP)


def test_twelve_thousand_dead_letters_are_replayed_in_seconds(
    dead_letters: DeadLetterTopic, topic: str, publisher: KafkaPublisher, broker: Broker
) -> None:
    write_dead_letters(publisher, topic, 12_000, to=topic)
    waiting = dead_letters.read()
    began_s = time.process_time()

    replayed = list(dead_letters.replay(waiting, publisher))

    assert time.process_time() - began_s < 5
    assert len(set(replayed)) == 12_000
    assert all(each.replayed for each in dead_letters.read())
    assert sum(broker.ends(topic).values()) == 12_000


def test_a_replay_that_is_killed_repeats_at_most_a_batch(
    dead_letters: DeadLetterTopic, topic: str, publisher: KafkaPublisher
) -> None:
    write_dead_letters(publisher, topic, 3 * BATCH_SIZE, to=topic)

    killed = dead_letters.replay(dead_letters.read(), publisher)
    list(islice(killed, BATCH_SIZE + 1))

    assert len([each for each in dead_letters.read() if each.replayed]) == 2 * BATCH_SIZE


def test_dead_letters_that_are_never_replayed_delay_no_other(
    dead_letters: DeadLetterTopic, topic: str, publisher: KafkaPublisher
) -> None:
    write_dead_letters(publisher, topic, BATCH_SIZE + 100, to="there.is.none")
    write_dead_letters(publisher, topic, 50, to=topic)

    replayed = list(dead_letters.replay(dead_letters.read(), publisher))

    assert len(replayed) == 50
    assert len([each for each in dead_letters.read() if each.replayed]) == 50
