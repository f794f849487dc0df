from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from deploy.local.engines.ports import free_port
from libs.clock import utc_now
from libs.kafka.client.consumer import GroupConsumer
from libs.kafka.client.observing.group_gauges import GroupGauges
from libs.kafka.client.topics import dead_letter_topic
from libs.kafka.errors import KafkaUnavailable
from libs.metrics.declared.kafka import COMMITTED, DEAD_LETTER_RECORDS, LAG, LAST_COMMIT
from libs.metrics.declared.kinds import GaugeOf
from tests.conftest import MakeTopic
from tests.support.eventually import eventually
from tests.support.servers.broker import Broker

pytestmark = pytest.mark.engine


def gauges_of(brokers: str, topic: str) -> GroupGauges:
    return GroupGauges({"bootstrap_servers": brokers}, [topic], clock=utc_now)


def seen(look: GroupGauges, metric: GaugeOf) -> dict[tuple[str, ...], float]:
    return {tuple(each.labels): each.value for each in look() if each.metric is metric}


@contextmanager
def member(brokers: str, topic: str, group: str) -> Iterator[GroupConsumer]:
    consumer = GroupConsumer({"bootstrap_servers": brokers}, topic, group)
    try:
        eventually(lambda: consumer.poll(0.5).records, within_s=30)
        yield consumer
    finally:
        consumer.close()


def test_a_group_is_told_of_after_its_last_member_has_left(
    kafka_brokers: str, broker: Broker, make_topic: MakeTopic
) -> None:
    topic = make_topic(partitions=1)
    group = f"{topic}-readers"
    broker.send(topic, *(b"%d" % number for number in range(5)))
    look = gauges_of(kafka_brokers, topic)
    with member(kafka_brokers, topic, group) as consumer:
        consumer.commit({0: 2})

    assert seen(look, COMMITTED) == {(group, topic, "0"): 2}
    assert seen(look, LAG) == {(group, topic, "0"): 3}


def test_the_time_of_a_commit_is_told_once_it_was_seen(
    kafka_brokers: str, broker: Broker, make_topic: MakeTopic
) -> None:
    topic = make_topic(partitions=1)
    group = f"{topic}-readers"
    broker.send(topic, b"1", b"2")
    look = gauges_of(kafka_brokers, topic)
    with member(kafka_brokers, topic, group) as consumer:
        consumer.commit({0: 1})
        before = seen(look, LAST_COMMIT)
        began_s = utc_now().timestamp()
        consumer.commit({0: 2})
        after = seen(look, LAST_COMMIT)

    assert before == {}
    assert after[group, topic, "0"] >= began_s


def test_the_first_commit_of_a_new_group_is_told(
    kafka_brokers: str, broker: Broker, make_topic: MakeTopic
) -> None:
    topic = make_topic(partitions=1)
    group = f"{topic}-readers"
    broker.send(topic, b"1")
    look = gauges_of(kafka_brokers, topic)
    look()
    began_s = utc_now().timestamp()

    with member(kafka_brokers, topic, group) as consumer:
        consumer.commit({0: 1})

    assert seen(look, LAST_COMMIT)[group, topic, "0"] >= began_s


def test_dead_letters_are_counted(
    kafka_brokers: str, broker: Broker, make_topic: MakeTopic
) -> None:
    topic = make_topic(partitions=1)
    broker.create(dead_letter_topic(topic))
    broker.send(dead_letter_topic(topic), b"1", b"2")

    assert seen(gauges_of(kafka_brokers, topic), DEAD_LETTER_RECORDS) == {(topic,): 2}


def test_a_kafka_that_does_not_answer_is_unavailable() -> None:
    with pytest.raises(KafkaUnavailable):
        gauges_of(f"127.0.0.1:{free_port()}", "any.topic")()
