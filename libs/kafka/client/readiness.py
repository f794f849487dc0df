"""What must be there before a bridge starts to read."""

from libs.kafka.client.topics import Topics, dead_letter_bytes, dead_letter_topic
from libs.kafka.errors import KafkaUnavailable

HOW = "python -m libs.kafka topics"


class TopicMissing(KafkaUnavailable):
    def __init__(self, topic: str) -> None:
        super().__init__(f"topic {topic} does not exist; create it with: {HOW}")
        self.topic = topic


class DeadLettersTooNarrow(KafkaUnavailable):
    """A large malformed record could never be put away: it would stop its partition for good."""

    def __init__(self, topic: str, accepted: int, needed: int) -> None:
        super().__init__(
            f"topic {topic} accepts records of {accepted} bytes, its source's dead letters may "
            f"have {needed}; widen it with: {HOW}"
        )


def ensure_readable(topics: Topics, topic: str) -> None:
    """Raise KafkaUnavailable unless topic and dead letters are there and the letters fit."""
    letters = dead_letter_topic(topic)
    shapes = topics.describe(topic, letters)
    for name in (topic, letters):
        if name not in shapes:
            raise TopicMissing(name)
    needed = dead_letter_bytes(shapes[topic].max_record_bytes)
    accepted = shapes[letters].max_record_bytes
    if accepted < needed:
        raise DeadLettersTooNarrow(letters, accepted, needed)
