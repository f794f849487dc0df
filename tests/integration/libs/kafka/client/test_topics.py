"""python -m libs.kafka topics."""

from pathlib import Path

import pytest

from libs.contracts.events.declared import EVENTS
from libs.kafka.client.topics import Topics
from libs.kafka.dead_letters.topic import DeadLetterTopic
from libs.kafka.errors import TopicMissing
from tests.support.roles import run_to_end
from tests.support.servers.broker import Broker


def create_topics(broker: Broker, folder: Path, **environment: str) -> str:
    topics = {event.topic_variable: f"{folder.name}.{event.kind}" for event in EVENTS}
    exit_code, output = run_to_end(
        "libs.kafka", "topics", {"KAFKA_BROKERS": broker.address, **topics, **environment}
    )
    assert exit_code == 0, output
    return output


def test_every_events_topic_is_created_with_its_dead_letters_and_a_repeat_changes_nothing(
    broker: Broker, tmp_path: Path
) -> None:
    first = create_topics(broker, tmp_path)
    second = create_topics(broker, tmp_path, KAFKA_TOPIC_PARTITIONS="3")

    names = [f"{tmp_path.name}.{event.kind}" for event in EVENTS]
    names += [f"{name}.dlq" for name in names]
    topics = Topics({"bootstrap_servers": [broker.address]})
    shapes = topics.describe(*names, f"{tmp_path.name}.none")
    assert {name: shape.partitions for name, shape in shapes.items()} == dict.fromkeys(names, 6)
    assert (first.count("topic_created"), second) == (len(names), "")
    broker.delete(*names)


def test_dead_letters_have_room_for_their_headers_also_after_the_source_grew(
    broker: Broker, tmp_path: Path
) -> None:
    topics = Topics({"bootstrap_servers": [broker.address]})
    source, dead_letters = f"{tmp_path.name}.grown", f"{tmp_path.name}.grown.dlq"
    broker.create(source, max_bytes=5_000_000)
    broker.create(dead_letters, max_bytes=1_000_000)

    topics.create([source], partitions=1, replication=1)

    assert topics.describe(dead_letters)[dead_letters].max_record_bytes == 5_000_000 + 64 * 1024
    broker.delete(source, dead_letters)


def test_dead_letters_of_a_topic_that_has_no_place_for_them_say_what_creates_it(
    broker: Broker,
) -> None:
    dead_letters = DeadLetterTopic(
        {"bootstrap_servers": [broker.address]}, "no.such.topic", "group"
    )

    with pytest.raises(TopicMissing, match=r"no\.such\.topic\.dlq does not exist; create it with"):
        dead_letters.read()
