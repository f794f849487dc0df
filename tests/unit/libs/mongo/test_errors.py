import pytest
from pymongo.errors import (
    AutoReconnect,
    ExecutionTimeout,
    NetworkTimeout,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
)

from libs.errors import AppError
from libs.mongo.client import MongoTimedOut, MongoUnavailable, mongo_errors


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ServerSelectionTimeoutError("no servers"), MongoUnavailable),
        (AutoReconnect("connection reset"), MongoUnavailable),
        (OperationFailure("bad password", 18), MongoUnavailable),
        (OperationFailure("not authorized", 13), MongoUnavailable),
        (NetworkTimeout("timed out"), MongoTimedOut),
        (ExecutionTimeout("operation exceeded time limit", 50), MongoTimedOut),
        (WaitQueueTimeoutError("no free connection"), MongoTimedOut),
    ],
)
def test_every_connection_error_has_its_kind(error: PyMongoError, kind: type[AppError]) -> None:
    with pytest.raises(AppError) as failure, mongo_errors():
        raise error

    assert type(failure.value) is kind
    assert failure.value.__cause__ is error


def test_a_wrong_query_stays_a_bug() -> None:
    wrong = OperationFailure("unknown operator: $whre", 2)

    with pytest.raises(OperationFailure) as failure, mongo_errors():
        raise wrong

    assert failure.value is wrong
