import grpc
import pytest

from libs.errors import AppError, TimedOut, Unavailable
from libs.grpc.errors import (
    PeerFoundNothing,
    PeerInConflict,
    PeerRefused,
    PeerTimedOut,
    PeerUnavailable,
    peer_error,
)


class FakeRpcError(grpc.RpcError):
    def __init__(self, code: grpc.StatusCode) -> None:
        self._code = code

    def code(self) -> grpc.StatusCode:
        return self._code

    def details(self) -> str:
        return "no such part"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (grpc.StatusCode.INVALID_ARGUMENT, PeerRefused),
        (grpc.StatusCode.NOT_FOUND, PeerFoundNothing),
        (grpc.StatusCode.FAILED_PRECONDITION, PeerInConflict),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, PeerUnavailable),
        (grpc.StatusCode.DEADLINE_EXCEEDED, PeerTimedOut),
        (grpc.StatusCode.UNAVAILABLE, PeerUnavailable),
        (grpc.StatusCode.INTERNAL, PeerUnavailable),
        (grpc.StatusCode.UNKNOWN, PeerUnavailable),
        (grpc.StatusCode.CANCELLED, PeerUnavailable),
    ],
)
def test_every_status_of_a_peer_has_its_kind_of_error(
    status: grpc.StatusCode, kind: type[AppError]
) -> None:
    assert type(peer_error("inventory", FakeRpcError(status))) is kind


def test_the_message_names_the_peer_the_status_and_its_words() -> None:
    error = peer_error("inventory", FakeRpcError(grpc.StatusCode.NOT_FOUND))

    assert str(error) == "inventory answered NOT_FOUND: no such part"


def test_a_busy_or_slow_peer_is_unavailable() -> None:
    assert issubclass(PeerUnavailable, Unavailable)
    assert issubclass(PeerTimedOut, TimedOut)
