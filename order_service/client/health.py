"""Asks a gRPC peer for its health."""

from collections.abc import Callable

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from libs.errors import Unavailable

ANSWER_TIMEOUT_S = 1.0


class PeerNotReady(Unavailable):
    """The peer does not answer or reports that it cannot serve."""


def peer_check(channel: grpc.Channel, service: str) -> Callable[[], None]:
    """Build a quick check of a peer through grpc.health.v1; the check raises PeerNotReady."""
    stub = health_pb2_grpc.HealthStub(channel)
    request = health_pb2.HealthCheckRequest(service=service)

    def check() -> None:
        try:
            status = stub.Check(request, timeout=ANSWER_TIMEOUT_S).status
        except grpc.RpcError as error:
            raise PeerNotReady(error.code().name) from error
        if status != health_pb2.HealthCheckResponse.SERVING:
            raise PeerNotReady("NOT_SERVING")

    return check
