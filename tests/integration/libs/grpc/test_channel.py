from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc
import pytest

from libs.contracts.inventory.v1 import inventory_pb2 as wire
from libs.contracts.inventory.v1 import inventory_pb2_grpc
from libs.grpc.channel import open_channel
from tests.support.eventually import eventually


class FlakyInventory(inventory_pb2_grpc.InventoryServiceServicer):
    """Fails with the given statuses, one per call, then answers."""

    def __init__(self, *failures: grpc.StatusCode) -> None:
        self._failures = list(failures)
        self.calls = 0

    def GetPart(  # noqa: N802  # named by the contract
        self, request: wire.GetPartRequest, context: grpc.ServicerContext
    ) -> wire.GetPartResponse:
        self.calls += 1
        if self._failures:
            context.abort(self._failures.pop(0), "not now")
        return wire.GetPartResponse(part=wire.Part(name="7"))


@contextmanager
def served(inventory: FlakyInventory, port: int, host: str = "127.0.0.1") -> Iterator[None]:
    server = grpc.server(ThreadPoolExecutor(2), options=(("grpc.so_reuseport", 0),))
    inventory_pb2_grpc.add_InventoryServiceServicer_to_server(inventory, server)
    server.add_insecure_port(f"{host}:{port}")
    server.start()
    try:
        yield
    finally:
        server.stop(0).wait()


@pytest.fixture
def channel(port: int) -> Iterator[grpc.Channel]:
    with open_channel("127.0.0.1", port) as channel:
        yield channel


def ask(channel: grpc.Channel) -> str:
    reply: wire.GetPartResponse = inventory_pb2_grpc.InventoryServiceStub(channel).GetPart(
        wire.GetPartRequest(), timeout=5
    )
    return reply.part.name


def answers(channel: grpc.Channel) -> bool:
    try:
        return ask(channel) == "7"
    except grpc.RpcError:
        return False


@pytest.mark.parametrize("status", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED])
def test_a_call_to_an_unavailable_or_stopping_server_is_retried(
    channel: grpc.Channel, port: int, status: grpc.StatusCode
) -> None:
    inventory = FlakyInventory(status, status)

    with served(inventory, port):
        assert ask(channel) == "7"

    assert inventory.calls == 3


@pytest.mark.parametrize(
    "status",
    [
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.INVALID_ARGUMENT,
    ],
)
def test_no_other_status_is_retried(
    channel: grpc.Channel, port: int, status: grpc.StatusCode
) -> None:
    inventory = FlakyInventory(status)

    with served(inventory, port), pytest.raises(grpc.RpcError) as failure:
        ask(channel)

    assert failure.value.code() is status
    assert inventory.calls == 1


def test_an_absent_peer_is_unavailable_long_before_the_deadline(
    channel: grpc.Channel,
) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        ask(channel)

    assert failure.value.code() is grpc.StatusCode.UNAVAILABLE


def test_a_peer_that_starts_late_or_again_is_found_soon(channel: grpc.Channel, port: int) -> None:
    assert not answers(channel)

    for _ in range(2):
        with served(FlakyInventory(), port):
            assert eventually(lambda: answers(channel), within_s=4)


def test_replicas_behind_a_name_share_the_calls_and_one_that_stops_is_not_noticed(
    port: int,
) -> None:
    first, second = FlakyInventory(), FlakyInventory()

    with (
        open_channel(f"ipv4:127.0.0.1:{port},127.0.0.2", port) as channel,
        served(second, port, "127.0.0.2"),
    ):
        with served(first, port):
            assert eventually(lambda: answers(channel) and first.calls and second.calls)
        assert all(answers(channel) for _ in range(100))
