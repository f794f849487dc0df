"""What callers and operators see while MongoDB is down."""

import time
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from deploy.local.engines.mongo import Mongo
from deploy.local.engines.ports import free_port
from deploy.local.engines.process import EngineProcess
from libs.contracts.inventory.v1 import inventory_pb2 as wire
from libs.contracts.inventory.v1 import inventory_pb2_grpc
from tests.support.eventually import eventually
from tests.support.roles import RoleProcess, running_role

pytestmark = pytest.mark.engine

SERVING = health_pb2.HealthCheckResponse.SERVING
DEADLINE_S = 2.0


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[EngineProcess]:
    """Yield a server of this test, not started yet."""
    engine = EngineProcess(Mongo(state=tmp_path / "mongo", port=free_port()))
    yield engine
    engine.kill()


@pytest.fixture
def environment(engine: EngineProcess, tmp_path: Path) -> dict[str, str]:
    return {
        "MONGO_HOST": "127.0.0.1",
        "MONGO_PORT": str(engine.engine.ports[0]),
        "GRPC_PORT": str(free_port()),
        "STATE_DIR": str(tmp_path),
    }


@pytest.fixture
def server(environment: dict[str, str]) -> Iterator[RoleProcess]:
    with running_role("inventory_service", "grpc", environment) as server:
        server.wait_for_output("grpc_server_listened")
        yield server


def start(engine: EngineProcess) -> None:
    engine.start()
    engine.wait_ready()


def is_serving(channel: grpc.Channel) -> bool:
    reply = health_pb2_grpc.HealthStub(channel).Check(
        health_pb2.HealthCheckRequest(service="inventory.v1.InventoryService"), timeout=5
    )
    return bool(reply.status == SERVING)


def failure_of_a_call(channel: grpc.Channel) -> tuple[grpc.StatusCode, float]:
    """Return the status and the duration in seconds."""
    started = time.monotonic()
    with pytest.raises(grpc.RpcError) as failure:
        inventory_pb2_grpc.InventoryServiceStub(channel).ListParts(
            wire.ListPartsRequest(), timeout=DEADLINE_S
        )
    return failure.value.code(), time.monotonic() - started


def test_it_starts_before_mongodb_and_logs_once_what_it_waits_for(
    server: RoleProcess, engine: EngineProcess, channel: grpc.Channel
) -> None:
    server.wait_for_output("waiting_for_dependency")
    assert not is_serving(channel)
    assert failure_of_a_call(channel)[0] is grpc.StatusCode.UNAVAILABLE

    start(engine)

    assert eventually(lambda: is_serving(channel), within_s=15)
    assert server.output.count("waiting_for_dependency") == 1


def test_health_follows_a_killed_mongodb_down_and_up(
    engine: EngineProcess, server: RoleProcess, channel: grpc.Channel
) -> None:
    start(engine)
    eventually(lambda: is_serving(channel), within_s=15)

    engine.kill()
    assert eventually(lambda: not is_serving(channel))
    status, _ = failure_of_a_call(channel)
    start(engine)

    assert status is grpc.StatusCode.UNAVAILABLE
    assert eventually(lambda: is_serving(channel), within_s=15)


def test_a_frozen_mongodb_costs_a_caller_no_more_than_its_deadline(
    engine: EngineProcess, server: RoleProcess, channel: grpc.Channel
) -> None:
    start(engine)
    eventually(lambda: is_serving(channel), within_s=15)

    engine.freeze()
    status, took_s = failure_of_a_call(channel)
    engine.thaw()

    assert status in {grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.UNAVAILABLE}
    assert took_s < DEADLINE_S + 0.5
    assert eventually(lambda: is_serving(channel), within_s=15)


def test_migrate_waits_for_mongodb_and_fills_it(
    environment: dict[str, str], engine: EngineProcess
) -> None:
    with running_role("inventory_service", "migrate", environment) as migration:
        migration.wait_for_output("waiting_for_dependency")
        start(engine)

        assert migration.wait_for_exit(within_s=30) == 0
        assert '"parts_stored": 28' in migration.output
