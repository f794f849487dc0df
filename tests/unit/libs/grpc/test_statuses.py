import grpc
import pytest

from libs.errors import Conflict, InvalidInput, NotFound, TimedOut, Unavailable
from libs.grpc.statuses import details_for, status_of


class SlowMongo(TimedOut):
    """A concrete error of a service."""


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidInput("x"), grpc.StatusCode.INVALID_ARGUMENT),
        (NotFound("x"), grpc.StatusCode.NOT_FOUND),
        (Conflict("x"), grpc.StatusCode.FAILED_PRECONDITION),
        (Unavailable("x"), grpc.StatusCode.UNAVAILABLE),
        (TimedOut("x"), grpc.StatusCode.DEADLINE_EXCEEDED),
        (SlowMongo("x"), grpc.StatusCode.DEADLINE_EXCEEDED),
        (ZeroDivisionError("x"), grpc.StatusCode.INTERNAL),
    ],
)
def test_every_kind_of_error_has_its_status(error: Exception, status: grpc.StatusCode) -> None:
    assert status_of(error) is status


def test_a_caller_sees_the_message_of_a_known_error_and_nothing_of_a_bug() -> None:
    assert details_for(NotFound("there is no part 7")) == "there is no part 7"
    assert details_for(KeyError("secret_column")) == "internal error"
