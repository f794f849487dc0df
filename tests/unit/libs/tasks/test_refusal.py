import pytest
from redis.exceptions import NoScriptError, ReadOnlyError, ResponseError

from libs.tasks.redis.refusal import RefusedByRedis, Telling


class Replying:
    """A connection whose next reply is this error."""

    def __init__(self, error: ResponseError) -> None:
        self._error = error
        self.is_marked = False

    def read_response(self) -> object:
        raise self._error

    def mark_for_reconnect(self) -> None:
        self.is_marked = True


class TellingReplying(Telling, Replying):
    pass


REFUSALS = [
    ReadOnlyError("You can't write against a read only replica.", status_code="READONLY"),
    ResponseError("NOREPLICAS Not enough good replicas to write."),
    ResponseError("MISCONF Errors writing to the AOF file: No space left on device"),
    ResponseError("UNBLOCKED force unblock from blocking operation, instance state changed"),
    ResponseError("BUSY Redis is busy running a script."),
]


@pytest.mark.parametrize("reply", REFUSALS, ids=str)
def test_a_refused_write_says_so_and_the_connection_is_made_again(reply: ResponseError) -> None:
    connection = TellingReplying(reply)

    with pytest.raises(RefusedByRedis) as told:
        connection.read_response()

    assert told.value.reason == str(reply)
    assert connection.is_marked


@pytest.mark.parametrize(
    "reply",
    [
        NoScriptError("No matching script.", status_code="NOSCRIPT"),
        ResponseError("WRONGTYPE Operation against a key holding the wrong kind of value"),
    ],
    ids=str,
)
def test_any_other_error_is_raised_to_the_caller(reply: ResponseError) -> None:
    connection = TellingReplying(reply)

    with pytest.raises(ResponseError) as told:
        connection.read_response()

    assert told.value is reply
    assert not connection.is_marked
