"""Checks that a topic can be read."""

from libs.kafka.client.topics import Topics, dead_letter_bytes, dead_letter_topic
from libs.kafka.errors import DeadLettersTooNarrow, TopicMissing


def ensure_readable(topics: Topics, topic: str) -> None:
    """Raise KafkaUnavailable unless the topic and its dead-letter topic exist and fit."""
    dead_letters = dead_letter_topic(topic)
    shapes = topics.describe(topic, dead_letters)
    for name in (topic, dead_letters):
        if name not in shapes:
            raise TopicMissing(name)
    needed = dead_letter_bytes(shapes[topic].max_record_bytes)
    accepted = shapes[dead_letters].max_record_bytes
    if accepted < needed:
        raise DeadLettersTooNarrow(dead_letters, accepted, needed)
