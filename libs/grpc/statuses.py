"""Which status a caller gets for each kind of failure: the one table of the gRPC side."""

import grpc

from libs.errors import AppError, Conflict, InvalidInput, NotFound, TimedOut, Unavailable

STATUS_OF: dict[type[Exception], grpc.StatusCode] = {
    InvalidInput: grpc.StatusCode.INVALID_ARGUMENT,
    NotFound: grpc.StatusCode.NOT_FOUND,
    Conflict: grpc.StatusCode.FAILED_PRECONDITION,
    Unavailable: grpc.StatusCode.UNAVAILABLE,
    TimedOut: grpc.StatusCode.DEADLINE_EXCEEDED,
}


def status_of(error: Exception) -> grpc.StatusCode:
    """Return the status of the nearest listed kind; what is not listed is a bug and INTERNAL."""
    for kind in type(error).__mro__:
        if kind in STATUS_OF:
            return STATUS_OF[kind]
    return grpc.StatusCode.INTERNAL


def details_for(error: Exception) -> str:
    """Return what the caller may read of it: nothing of a bug."""
    return str(error) if isinstance(error, AppError) else "internal error"
