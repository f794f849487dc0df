"""Reading the newest records, and when groups committed, on a real broker."""

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from libs.kafka.client.observing.commits import Place, last_commits
from libs.kafka.client.observing.tail import tail
from libs.kafka.errors import KafkaUnavailable
from libs.kafka.types import TopicPartition
from tests.conftest import MakeTopic
from tests.integration.libs.kafka.conftest import Join
from tests.support.eventually import eventually
from tests.support.servers.broker import Broker


def test_the_last_records_of_each_partition_are_read_and_nothing_is_committed(
    broker: Broker, make_topic: MakeTopic
) -> None:
    topic = make_topic(partitions=2)
    for partition in (0, 1):
        broker.send(topic, b"old", b"newer", b"newest", partition=partition)

    read = list(tail({"bootstrap_servers": [broker.address]}, [topic], last=2))

    values = sorted((record.partition, record.value) for record in read)
    assert values == [(0, b"newer"), (0, b"newest"), (1, b"newer"), (1, b"newest")]


def test_who_follows_gets_what_is_sent_later(broker: Broker, make_topic: MakeTopic) -> None:
    topic = make_topic()
    broker.send(topic, b"first")
    records = tail({"bootstrap_servers": [broker.address]}, [topic], last=5, follow=True)
    assert next(records).value == b"first"

    broker.send(topic, b"second")

    assert [record.value for record in islice(records, 1)] == [b"second"]
    records.close()  # type: ignore[attr-defined]  # it is a generator


def test_a_topic_that_does_not_exist_is_named(broker: Broker) -> None:
    with pytest.raises(KafkaUnavailable, match=r"no\.such\.topic"):
        list(tail({"bootstrap_servers": [broker.address]}, ["no.such.topic"], last=1))


def test_the_time_of_the_last_commit_of_a_group_is_known(
    broker: Broker, make_topic: MakeTopic, join: Join
) -> None:
    topic = make_topic()
    join(topic, f"group-{topic}")
    broker.send(topic, b"a record")
    place = Place(f"group-{topic}", TopicPartition(topic, 0))
    connection = {"bootstrap_servers": [broker.address]}

    eventually(lambda: place in last_commits(connection), within_s=20)

    age = datetime.now(UTC) - last_commits(connection)[place]
    assert timedelta(seconds=-1) < age < timedelta(seconds=30)
