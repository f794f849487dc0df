"""Many dead letters on a real broker."""

import time
from collections.abc import Callable, Iterator
from itertools import islice

import pytest

from libs.kafka.client.producer import KafkaPublisher
from libs.kafka.client.topics import dead_letter_topic
from libs.kafka.dead_letters.topic import BATCH_SIZE, LetterBox
from libs.kafka.dead_letters.writer import DEAD_LETTER_PREFIX
from libs.kafka.types import Headers, OutgoingRecord
from tests.support.servers.broker import Broker

pytestmark = pytest.mark.engine

GROUP = "readers"


@pytest.fixture
def publisher(broker: Broker) -> Iterator[KafkaPublisher]:
    publisher = KafkaPublisher({"bootstrap_servers": [broker.address]})
    yield publisher
    publisher.close()


def origin(topic: str) -> Headers:
    about = {"source-topic": topic, "group": GROUP}
    return tuple((DEAD_LETTER_PREFIX + name, text.encode()) for name, text in about.items())


def write_letters(publisher: KafkaPublisher, topic: str, number: int, *, to: str) -> None:
    letters = [
        OutgoingRecord(
            topic=dead_letter_topic(topic), key=b"key", value=b"value", headers=origin(to)
        )
        for _ in range(number)
    ]
    for first in range(0, number, 2000):
        publisher.publish(letters[first : first + 2000]).ensure_complete()


@pytest.fixture
def box(broker: Broker, make_topic: Callable[..., str]) -> tuple[LetterBox, str]:
    topic = make_topic(2)
    broker.create(dead_letter_topic(topic), partitions=2)
    return LetterBox({"bootstrap_servers": [broker.address]}, topic, GROUP), topic


def test_twelve_thousand_letters_are_replayed_in_seconds(
    box: tuple[LetterBox, str], publisher: KafkaPublisher, broker: Broker
) -> None:
    letters, topic = box
    write_letters(publisher, topic, 12_000, to=topic)
    waiting = letters.letters()
    began_s = time.process_time()

    replayed = list(letters.replay(waiting, publisher))

    assert time.process_time() - began_s < 5
    assert len(set(replayed)) == 12_000
    assert all(each.replayed for each in letters.letters())
    assert sum(broker.ends(topic).values()) == 12_000


def test_a_replay_that_is_killed_repeats_at_most_a_batch(
    box: tuple[LetterBox, str], publisher: KafkaPublisher
) -> None:
    letters, topic = box
    write_letters(publisher, topic, 3 * BATCH_SIZE, to=topic)

    killed = letters.replay(letters.letters(), publisher)
    list(islice(killed, BATCH_SIZE + 1))

    assert len([each for each in letters.letters() if each.replayed]) == 2 * BATCH_SIZE


def test_letters_that_nobody_takes_back_hold_up_no_other(
    box: tuple[LetterBox, str], publisher: KafkaPublisher
) -> None:
    letters, topic = box
    write_letters(publisher, topic, BATCH_SIZE + 100, to="there.is.none")
    write_letters(publisher, topic, 50, to=topic)

    replayed = list(letters.replay(letters.letters(), publisher))

    assert len(replayed) == 50
    assert len([each for each in letters.letters() if each.replayed]) == 50
