"""What a peer's status code means to a client, in our kinds of failure."""

import grpc

from libs.errors import AppError, Conflict, InvalidInput, NotFound, TimedOut, Unavailable


class PeerRefused(InvalidInput):
    """The peer found the request wrong and did nothing."""


class PeerFoundNothing(NotFound):
    """The peer has no such thing."""


class PeerInConflict(Conflict):
    """The peer is in a state that forbids the request; it did nothing."""


class PeerUnavailable(Unavailable):
    """No answer, or a failure inside the peer: the work may or may not have been done.

    A peer that turns a call away (RESOURCE_EXHAUSTED) is this too: the channel may have tried
    before, and what that attempt did is not known.
    """


class PeerTimedOut(TimedOut):
    """No answer within the deadline: the work may or may not have been done."""


ERROR_OF: dict[grpc.StatusCode, type[AppError]] = {
    grpc.StatusCode.INVALID_ARGUMENT: PeerRefused,
    grpc.StatusCode.NOT_FOUND: PeerFoundNothing,
    grpc.StatusCode.FAILED_PRECONDITION: PeerInConflict,
    grpc.StatusCode.DEADLINE_EXCEEDED: PeerTimedOut,
}
"""Every status that is not here is PeerUnavailable."""


NOWHERE_TO_SEND = "connections to all backends failing"
"""How the channel's own failure begins when it had no connection to send a call over."""


def never_left(error: grpc.RpcError) -> bool:
    """Whether the call surely reached nobody; an outage that is not recognised says no."""
    return error.code() is grpc.StatusCode.UNAVAILABLE and str(error.details()).startswith(
        NOWHERE_TO_SEND
    )


def peer_error(peer: str, error: grpc.RpcError) -> AppError:
    """Return, to be raised from error, what it means; the message names the peer and the status."""
    code = error.code()
    return ERROR_OF.get(code, PeerUnavailable)(f"{peer} answered {code.name}: {error.details()}")
