"""gRPC over TLS between real roles and clients, configured only by environment."""

from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from deploy.local.engines.ports import free_port
from libs.errors import Unavailable
from libs.grpc.channel import open_channel
from libs.grpc.errors import peer_error
from tests.support.eventually import eventually
from tests.support.roles import RoleProcess, run_to_end, running_role
from tests.support.servers.certificates import Certificates
from tests.support.servers.mongo import MongoAddress

ROLES = ("payment_service", "inventory_service")


@pytest.fixture(params=ROLES)
def server(
    request: pytest.FixtureRequest, mongo: MongoAddress, certificates: Certificates, tmp_path: Path
) -> Iterator[tuple[RoleProcess, int]]:
    """Run each role with a certificate; yield it and its port."""
    port = free_port()
    variables = {
        "GRPC_PORT": str(port),
        "GRPC_TLS_CERT": str(certificates.certificate),
        "GRPC_TLS_KEY": str(certificates.key),
        "MONGO_HOST": mongo.host,
        "MONGO_PORT": str(mongo.port),
        "MONGO_DATABASE": mongo.database,
        "STATE_DIR": str(tmp_path / "state"),
    }
    with running_role(request.param, "grpc", variables) as role:
        role.wait_for_output("serving_began")
        yield role, port


def health(port: int, ca: Path | None) -> int:
    with open_channel("127.0.0.1", port, ca=ca) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        return int(stub.Check(health_pb2.HealthCheckRequest(), timeout=10).status)


def test_a_client_that_trusts_the_authority_is_served(
    server: tuple[RoleProcess, int], certificates: Certificates, tmp_path: Path
) -> None:
    _, port = server

    assert health(port, certificates.ca) == health_pb2.HealthCheckResponse.SERVING

    assert run_to_end("libs.health", "", {"STATE_DIR": str(tmp_path / "state")})[0] == 0


def test_a_client_that_trusts_another_authority_fails_with_one_line(
    server: tuple[RoleProcess, int], foreign_ca: Path
) -> None:
    _, port = server

    with pytest.raises(grpc.RpcError) as failure:
        health(port, foreign_ca)

    said = peer_error("payment", failure.value)
    assert failure.value.code() is grpc.StatusCode.UNAVAILABLE
    assert isinstance(said, Unavailable)
    assert "CERTIFICATE_VERIFY_FAILED" in str(said)
    assert "\n" not in str(said)


def test_a_client_without_tls_is_refused_and_the_next_one_is_served(
    server: tuple[RoleProcess, int], certificates: Certificates
) -> None:
    role, port = server

    with pytest.raises(grpc.RpcError) as failure:
        health(port, None)

    assert failure.value.code() is grpc.StatusCode.UNAVAILABLE
    assert eventually(lambda: health(port, certificates.ca))
    assert "Traceback" not in role.output
