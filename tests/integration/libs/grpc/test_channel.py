from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc
import pytest

from libs.contracts.payment.v1 import payment_pb2 as wire
from libs.contracts.payment.v1 import payment_pb2_grpc
from libs.engines.ports import free_port
from libs.grpc.channel import open_channel
from libs.testing.eventually import eventually


class FlakyPayments(payment_pb2_grpc.PaymentServiceServicer):
    """Fails with the statuses it is given, one a call, then answers."""

    def __init__(self, *failures: grpc.StatusCode) -> None:
        self._failures = list(failures)
        self.calls = 0

    def PayOrder(  # noqa: N802  # named by the contract
        self, request: wire.PayOrderRequest, context: grpc.ServicerContext
    ) -> wire.PayOrderResponse:
        self.calls += 1
        if self._failures:
            context.abort(self._failures.pop(0), "not now")
        return wire.PayOrderResponse(transaction_uuid="7")


@contextmanager
def served(payments: FlakyPayments, port: int, host: str = "127.0.0.1") -> Iterator[None]:
    server = grpc.server(ThreadPoolExecutor(2), options=(("grpc.so_reuseport", 0),))
    payment_pb2_grpc.add_PaymentServiceServicer_to_server(payments, server)
    server.add_insecure_port(f"{host}:{port}")
    server.start()
    try:
        yield
    finally:
        server.stop(0).wait()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def channel(port: int) -> Iterator[grpc.Channel]:
    with open_channel("127.0.0.1", port) as channel:
        yield channel


def pay(channel: grpc.Channel) -> wire.PayOrderResponse:
    reply: wire.PayOrderResponse = payment_pb2_grpc.PaymentServiceStub(channel).PayOrder(
        wire.PayOrderRequest(), timeout=5
    )
    return reply


def answers(channel: grpc.Channel) -> bool:
    try:
        return pay(channel).transaction_uuid == "7"
    except grpc.RpcError:
        return False


@pytest.mark.parametrize("status", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED])
def test_a_server_that_is_away_or_stopping_is_tried_again_within_the_call(
    channel: grpc.Channel, port: int, status: grpc.StatusCode
) -> None:
    payments = FlakyPayments(status, status)

    with served(payments, port):
        assert pay(channel).transaction_uuid == "7"

    assert payments.calls == 3


@pytest.mark.parametrize(
    "status",
    [
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.INVALID_ARGUMENT,
    ],
)
def test_nothing_else_is_tried_again(
    channel: grpc.Channel, port: int, status: grpc.StatusCode
) -> None:
    payments = FlakyPayments(status)

    with served(payments, port), pytest.raises(grpc.RpcError) as failure:
        pay(channel)

    assert failure.value.code() is status
    assert payments.calls == 1


def test_a_peer_that_is_not_there_is_unavailable_long_before_the_deadline(
    channel: grpc.Channel,
) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        pay(channel)

    assert failure.value.code() is grpc.StatusCode.UNAVAILABLE


def test_a_peer_that_comes_late_or_again_is_found_soon(channel: grpc.Channel, port: int) -> None:
    assert not answers(channel)

    for _ in range(2):
        with served(FlakyPayments(), port):
            assert eventually(lambda: answers(channel), within_s=4)


def test_the_copies_behind_a_name_share_the_calls_and_one_that_goes_is_not_missed(
    port: int,
) -> None:
    first, second = FlakyPayments(), FlakyPayments()

    with (
        open_channel(f"ipv4:127.0.0.1:{port},127.0.0.2", port) as channel,
        served(second, port, "127.0.0.2"),
    ):
        with served(first, port):
            assert eventually(lambda: answers(channel) and first.calls and second.calls)
        assert all(answers(channel) for _ in range(100))
