"""What can go wrong, by what is done about it."""

from libs.errors import InvalidInput, Unavailable


class MalformedEvent(InvalidInput):
    """The record can never be handled: it goes to the dead letters and its neighbours go on."""


class KafkaUnavailable(Unavailable):
    """No broker answered, or it can not do now what it is asked for."""


class PublishFailed(KafkaUnavailable):
    """Not every record was acknowledged; those that were not may still have arrived."""


class UnreadableBatch(InvalidInput):
    """No record of it can be had, not even for the dead letters; no waiting mends that."""

    def __init__(self, topic: str, partition: int, offset: int, cause: Exception) -> None:
        super().__init__(
            f"topic {topic}, partition {partition}: the batch at offset {offset} can not be "
            f"decoded ({type(cause).__name__}: {cause}); keep its producer from sending more with: "
            f"python -m libs.kafka topics; then reset the group's offset to behind the batch"
        )
        self.topic, self.partition, self.offset = topic, partition, offset
