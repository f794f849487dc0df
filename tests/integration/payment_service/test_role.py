"""The role as a process: charges over gRPC."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast
from uuid import uuid4

import grpc
import pytest

from deploy.local.engines.ports import free_port
from libs.contracts.payment.v1 import payment_pb2 as wire
from libs.contracts.payment.v1 import payment_pb2_grpc
from libs.grpc.channel import open_channel
from tests.support.eventually import eventually
from tests.support.reflection import Reflected
from tests.support.roles import RoleProcess, running_role

ORDER = "11111111-1111-4111-8111-111111111111"
USER = "22222222-2222-4222-8222-222222222222"
TRANSACTION = "e3504807-26c3-5ed8-b01b-6c82bb4440d0"

METHODS = range(1, 5)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"GRPC_PORT": str(free_port()), "STATE_DIR": str(tmp_path)}


@pytest.fixture
def server(environment: dict[str, str]) -> Iterator[RoleProcess]:
    with running_role("payment_service", "grpc", environment) as server:
        server.wait_for_output("serving_began")
        yield server


@pytest.fixture
def channel(server: RoleProcess, environment: dict[str, str]) -> Iterator[grpc.Channel]:
    with open_channel("127.0.0.1", int(environment["GRPC_PORT"])) as channel:
        yield channel


def pay(channel: grpc.Channel, *, order: str = ORDER, user: str = USER, method: int = 1) -> str:
    reply: wire.PayOrderResponse = payment_pb2_grpc.PaymentServiceStub(channel).PayOrder(
        wire.PayOrderRequest(
            order_uuid=order,
            user_uuid=user,
            payment_method=cast("wire.PaymentMethod", method),
        ),
        timeout=5,
    )
    return reply.transaction_uuid


def test_an_order_has_the_same_transaction_for_every_method_and_after_a_restart(
    channel: grpc.Channel, server: RoleProcess, environment: dict[str, str]
) -> None:
    before = {pay(channel, method=method) for method in METHODS}
    server.kill()
    with running_role("payment_service", "grpc", environment) as again:
        again.wait_for_output("serving_began")
        after = eventually(lambda: pay_if_up(channel))

    assert before == {after} == {TRANSACTION}


def pay_if_up(channel: grpc.Channel) -> str:
    try:
        return pay(channel)
    except grpc.RpcError:
        return ""


def test_one_order_paid_many_times_at_once_has_one_transaction(channel: grpc.Channel) -> None:
    order = str(uuid4())

    with ThreadPoolExecutor(16) as payers:
        transactions = set(payers.map(lambda _: pay(channel, order=order), range(100)))

    assert len(transactions) == 1


@pytest.mark.parametrize(
    ("order", "user", "method", "field"),
    [
        ("7", USER, 1, "order_uuid"),
        (ORDER, "", 1, "user_uuid"),
        (ORDER, USER, 0, "payment_method"),
        (ORDER, USER, 17, "payment_method"),
    ],
)
def test_a_wrong_request_is_an_invalid_argument(
    channel: grpc.Channel, order: str, user: str, method: int, field: str
) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        pay(channel, order=order, user=user, method=method)

    assert failure.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert field in str(failure.value.details())


def test_a_caller_without_generated_code_pays(channel: grpc.Channel) -> None:
    request = {"order_uuid": ORDER, "user_uuid": USER, "payment_method": "PAYMENT_METHOD_SBP"}

    reply = Reflected(channel).call("payment.v1.PaymentService", "PayOrder", request)

    assert reply == {"transaction_uuid": TRANSACTION}


def test_it_ends_with_0_on_sigterm(server: RoleProcess) -> None:
    server.terminate()

    assert server.wait_for_exit(within_s=15) == 0
