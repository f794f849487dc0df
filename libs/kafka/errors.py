"""What can go wrong, by what is done about it."""

from libs.errors import InvalidInput, Unavailable


class MalformedEvent(InvalidInput):
    """The record can never be handled: it goes to the dead letters and its neighbours go on."""


class KafkaUnavailable(Unavailable):
    """No broker answered, or it cannot do now what it is asked for."""


class PublishFailed(KafkaUnavailable):
    """Not every record was acknowledged; those that were not may still have arrived."""


HOW_TO_PREPARE = "python -m libs.kafka topics"


class TopicMissing(KafkaUnavailable):
    def __init__(self, topic: str) -> None:
        super().__init__(f"topic {topic} does not exist; create it with: {HOW_TO_PREPARE}")
        self.topic = topic


class DeadLettersTooNarrow(KafkaUnavailable):
    """A large malformed record could not become a dead letter: it would stop its partition."""

    def __init__(self, topic: str, accepted: int, needed: int) -> None:
        super().__init__(
            f"topic {topic} accepts records of {accepted} bytes, its source's dead letters may "
            f"have {needed}; widen it with: {HOW_TO_PREPARE}"
        )


class UnreadableBatch(InvalidInput):
    """None of its records can be read, not even as a dead letter; waiting does not fix that."""

    def __init__(self, topic: str, partition: int, offset: int, cause: Exception) -> None:
        super().__init__(
            f"topic {topic}, partition {partition}: the batch at offset {offset} cannot be "
            f"decoded ({type(cause).__name__}: {cause}); keep its producer from sending more with: "
            f"{HOW_TO_PREPARE}; then reset the group's offset to behind the batch"
        )
        self.topic, self.partition, self.offset = topic, partition, offset
