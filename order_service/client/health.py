"""Whether a gRPC peer says of itself that it can serve."""

from collections.abc import Callable

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from libs.errors import Unavailable

ANSWER_TIMEOUT_S = 1.0


class PeerNotReady(Unavailable):
    """The peer does not answer, or says that it cannot serve."""


def peer_check(channel: grpc.Channel, service: str) -> Callable[[], None]:
    """Build a quick look at a peer through grpc.health.v1; it raises PeerNotReady."""
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
