"""The gRPC status for each kind of failure."""

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
    """Return the status of the nearest listed kind. An unlisted error is a bug: INTERNAL."""
    for kind in type(error).__mro__:
        if kind in STATUS_OF:
            return STATUS_OF[kind]
    return grpc.StatusCode.INTERNAL


def details_for(error: Exception) -> str:
    """Return the message for the caller. A bug shows no details."""
    return str(error) if isinstance(error, AppError) else "internal error"
