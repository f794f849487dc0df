"""What can go wrong with a record, by what is done about it."""

from libs.errors import InvalidInput


class MalformedEvent(InvalidInput):
    """The record can never be handled: it goes to the dead letters and its neighbours go on."""
