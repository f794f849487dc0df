import grpc
import pytest
from structlog.testing import capture_logs

from libs.errors import Conflict, TimedOut, Unavailable
from libs.grpc.interceptor import MOST_CALLS
from tests.integration.libs.grpc.serving import (
    SERVICE,
    FakePayments,
    ServerInThread,
    calls,
    pay,
)
from tests.support.eventually import eventually
from tests.support.reflection import Reflected


def test_a_call_is_answered_and_logged_in_one_line(channel: grpc.Channel) -> None:
    with capture_logs() as lines:
        reply = pay(channel)

    assert reply.transaction_uuid == "7"
    assert [(line["method"], line["code"]) for line in calls(lines)] == [
        (f"/{SERVICE}/PayOrder", "OK")
    ]


@pytest.mark.parametrize("waits", [False, True])
def test_only_a_service_that_waits_uses_threads(
    server: ServerInThread, channel: grpc.Channel, payments: FakePayments, *, waits: bool
) -> None:
    pay(channel)
    payments.failure = Conflict("order 7 is cancelled")
    with capture_logs() as lines, pytest.raises(grpc.RpcError) as failure:
        pay(channel)

    assert failure.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert [line["code"] for line in calls(lines)] == ["FAILED_PRECONDITION"]
    assert (server.thread not in payments.threads) is waits


def test_a_known_failure_reaches_the_caller_as_its_status(
    channel: grpc.Channel, payments: FakePayments
) -> None:
    payments.failure = Conflict("order 7 is cancelled")

    with pytest.raises(grpc.RpcError) as failure:
        pay(channel)

    assert failure.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert failure.value.details() == "order 7 is cancelled"


def test_a_bug_is_hidden_from_the_caller_and_logged_in_full(
    channel: grpc.Channel, payments: FakePayments
) -> None:
    payments.failure = KeyError("secret_column")

    with capture_logs() as lines, pytest.raises(grpc.RpcError) as failure:
        pay(channel)

    assert failure.value.code() is grpc.StatusCode.INTERNAL
    assert failure.value.details() == "internal error"
    assert [(line["log_level"], line["exc_info"]) for line in calls(lines)] == [
        ("error", payments.failure)
    ]


def test_the_cause_of_a_failure_is_in_the_log_only(
    channel: grpc.Channel, payments: FakePayments
) -> None:
    payments.failure = TimedOut("the database is slow")
    payments.failure.__cause__ = OSError("10.0.0.7 reset")

    with capture_logs() as lines, pytest.raises(grpc.RpcError) as failure:
        pay(channel)

    assert "10.0.0.7" not in str(failure.value.details())
    assert [line["cause"] for line in calls(lines)] == ["OSError('10.0.0.7 reset')"]


def test_an_unavailable_dependency_is_not_retried_by_the_channel(
    channel: grpc.Channel, payments: FakePayments
) -> None:
    payments.failure = Unavailable("the database does not answer")

    with pytest.raises(grpc.RpcError) as failure:
        pay(channel)

    assert failure.value.code() is grpc.StatusCode.UNAVAILABLE
    assert payments.calls == 1


def test_a_method_that_does_not_exist_is_unimplemented(channel: grpc.Channel) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        channel.unary_unary(f"/{SERVICE}/Refund", bytes, bytes)(b"", timeout=5)

    assert failure.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_reflection_lists_its_services(channel: grpc.Channel) -> None:
    reflected = Reflected(channel)

    assert {SERVICE, "grpc.health.v1.Health"} <= set(reflected.services)
    assert reflected.call(SERVICE, "PayOrder", {"order_uuid": "7"}) == {"transaction_uuid": "7"}


def test_one_call_too_many_is_refused_and_the_others_are_answered(
    channel: grpc.Channel, payments: FakePayments
) -> None:
    payments.may_answer.clear()
    method = channel.unary_unary(f"/{SERVICE}/PayOrder", bytes, bytes)
    at_once = [method.future(b"", timeout=20) for _ in range(MOST_CALLS + 1)]

    refused = eventually(lambda: [each for each in at_once if each.done()], within_s=10)
    payments.may_answer.set()

    assert [each.code() for each in refused] == [grpc.StatusCode.RESOURCE_EXHAUSTED]
    assert {each.code() for each in at_once if each not in refused} == {grpc.StatusCode.OK}
