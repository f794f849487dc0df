"""Maps a peer's gRPC status code to one of the kinds of failure in libs.errors."""

import grpc

from libs.errors import AppError, Conflict, InvalidInput, NotFound, TimedOut, Unavailable


class PeerRefused(InvalidInput):
    """The peer found the request wrong and did nothing."""


class PeerFoundNothing(NotFound):
    """The peer does not have the thing that the request names."""


class PeerInConflict(Conflict):
    """The peer is in a state that forbids the request; it did nothing."""


class PeerUnavailable(Unavailable):
    """No answer, or a failure inside the peer. The work may or may not have been done.

    Includes RESOURCE_EXHAUSTED: the peer refused this attempt, but the channel may have made an
    earlier one, whose outcome is unknown.
    """


class PeerTimedOut(TimedOut):
    """No answer within the deadline. The work may or may not have been done."""


ERROR_OF: dict[grpc.StatusCode, type[AppError]] = {
    grpc.StatusCode.INVALID_ARGUMENT: PeerRefused,
    grpc.StatusCode.NOT_FOUND: PeerFoundNothing,
    grpc.StatusCode.FAILED_PRECONDITION: PeerInConflict,
    grpc.StatusCode.DEADLINE_EXCEEDED: PeerTimedOut,
}
"""Every other status is PeerUnavailable."""


NOWHERE_TO_SEND = "connections to all backends failing"
"""Beginning of the channel's message when it has no connection to send a call over."""


def never_left(error: grpc.RpcError) -> bool:
    """Return True if the call certainly reached no peer; False if that is not certain."""
    return error.code() is grpc.StatusCode.UNAVAILABLE and str(error.details()).startswith(
        NOWHERE_TO_SEND
    )


def peer_error(peer: str, error: grpc.RpcError) -> AppError:
    """Return the failure that error means, to raise from error. Names the peer and the status."""
    code = error.code()
    return ERROR_OF.get(code, PeerUnavailable)(f"{peer} answered {code.name}: {error.details()}")
