"""What can go wrong, by what is done about it."""

from libs.errors import InvalidInput, Unavailable


class MalformedEvent(InvalidInput):
    """The record can never be handled: it goes to the dead letters and its neighbours go on."""


class KafkaUnavailable(Unavailable):
    """No broker answered, or it can not do now what it is asked for."""


class PublishFailed(KafkaUnavailable):
    """Not every record was acknowledged; those that were not may still have arrived."""
