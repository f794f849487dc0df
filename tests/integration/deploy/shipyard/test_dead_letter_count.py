"""Dead letters that wait, counted on a real broker."""

from collections.abc import Callable
from contextlib import closing

from deploy.shipyard.readings.dead_letters import DeadLetterCount
from deploy.shipyard.servers import Reader
from libs.clock import utc_now
from libs.kafka.client.producer import KafkaPublisher
from libs.kafka.client.topics import dead_letter_topic
from libs.kafka.dead_letters.topic import DeadLetterTopic
from libs.kafka.dead_letters.writer import DEAD_LETTER_PREFIX
from libs.kafka.types import OutgoingRecord
from tests.support.servers.broker import Broker

GROUP = "readers"


def a_dead_letter(topic: str) -> OutgoingRecord:
    about = {"source-topic": topic, "group": GROUP}
    return OutgoingRecord(
        topic=dead_letter_topic(topic),
        key=b"key",
        value=b"value",
        headers=tuple((DEAD_LETTER_PREFIX + name, told.encode()) for name, told in about.items()),
    )


def test_dead_letters_are_counted_until_they_are_replayed(
    kafka_brokers: str, make_topic: Callable[..., str]
) -> None:
    topic = make_topic(1)
    with closing(Broker(kafka_brokers)) as broker:
        broker.create(dead_letter_topic(topic), partitions=1)
    connection = {"bootstrap_servers": [kafka_brokers]}
    count = DeadLetterCount(connection, [Reader("order", GROUP, topic)])
    assert count() == []

    with closing(KafkaPublisher(connection)) as publisher:
        publisher.publish([a_dead_letter(topic), a_dead_letter(topic)]).ensure_complete()
        [pending] = count()
        assert count() == [pending]
        letters = DeadLetterTopic(connection, topic, GROUP)
        assert len(list(letters.replay(letters.read(), publisher))) == 2

    assert (pending.service, pending.topic) == ("order", dead_letter_topic(topic))
    assert pending.number == 2
    assert abs((utc_now() - pending.newest).total_seconds()) < 60
    assert count() == []
