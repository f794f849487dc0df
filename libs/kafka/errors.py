"""The errors of this library, by how they are handled."""

from libs.errors import InvalidInput, Unavailable


class MalformedEvent(InvalidInput):
    """The record can never be handled: it becomes a dead letter, and the others go on."""


class KafkaUnavailable(Unavailable):
    """No broker answered, or the broker cannot do this now."""


class PublishFailed(KafkaUnavailable):
    """Some records were not acknowledged. They may be in the topic all the same."""


HOW_TO_PREPARE = "python -m libs.kafka topics"


class TopicMissing(KafkaUnavailable):
    def __init__(self, topic: str) -> None:
        super().__init__(f"topic {topic} does not exist; create it with: {HOW_TO_PREPARE}")


class DeadLettersTooNarrow(KafkaUnavailable):
    """A large malformed record would not fit into the dead letters and would stop its partition."""

    def __init__(self, topic: str, accepted: int, needed: int) -> None:
        super().__init__(
            f"topic {topic} accepts records of {accepted} bytes, its source's dead letters may "
            f"have {needed}; widen it with: {HOW_TO_PREPARE}"
        )


class UnreadableBatch(InvalidInput):
    """The records of a batch cannot be decoded, not even as dead letters. Waiting does not help."""

    def __init__(self, topic: str, partition: int, offset: int, cause: Exception) -> None:
        super().__init__(
            f"topic {topic}, partition {partition}: the batch at offset {offset} cannot be "
            f"decoded ({type(cause).__name__}: {cause}); keep its producer from sending more with: "
            f"{HOW_TO_PREPARE}; then reset the group's offset to behind the batch"
        )
