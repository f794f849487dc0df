"""The role as a process: charges over gRPC."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import grpc
import pytest

from deploy.local.engines.ports import free_port
from libs.contracts.payment.v1 import payment_pb2 as wire
from libs.contracts.payment.v1 import payment_pb2_grpc
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


def pay(channel: grpc.Channel, *, method: int = 1) -> str:
    reply: wire.PayOrderResponse = payment_pb2_grpc.PaymentServiceStub(channel).PayOrder(
        wire.PayOrderRequest(
            order_uuid=ORDER,
            user_uuid=USER,
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


def test_a_wrong_request_is_an_invalid_argument(channel: grpc.Channel) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        pay(channel, method=17)

    assert failure.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "payment_method" in str(failure.value.details())


def test_a_caller_without_generated_code_pays(channel: grpc.Channel) -> None:
    request = {"order_uuid": ORDER, "user_uuid": USER, "payment_method": "PAYMENT_METHOD_SBP"}

    reply = Reflected(channel).call("payment.v1.PaymentService", "PayOrder", request)

    assert reply == {"transaction_uuid": TRANSACTION}
