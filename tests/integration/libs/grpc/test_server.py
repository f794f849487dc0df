"""The server with a small service of its own, over real sockets."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from structlog.testing import capture_logs
from structlog.typing import EventDict

from libs.contracts.payment.v1 import payment_pb2 as wire
from libs.contracts.payment.v1 import payment_pb2_grpc
from libs.engines.ports import free_port
from libs.errors import Conflict, TimedOut, Unavailable
from libs.grpc.channel import open_channel
from libs.grpc.readiness import Check, nothing_needed
from libs.grpc.server import GrpcServer, HostedService
from libs.health.heartbeat import Heartbeat
from libs.testing.eventually import eventually
from libs.testing.reflection import Reflected

SERVICE = "payment.v1.PaymentService"


class FakePayments(payment_pb2_grpc.PaymentServiceServicer):
    """Fails as it is told, and can be made to wait."""

    def __init__(self) -> None:
        self.failure: Exception | None = None
        self.calls = 0
        self.entered = Event()
        self.may_answer = Event()
        self.may_answer.set()

    def PayOrder(  # noqa: N802  # named by the contract
        self, request: wire.PayOrderRequest, context: grpc.ServicerContext
    ) -> wire.PayOrderResponse:
        self.calls += 1
        self.entered.set()
        self.may_answer.wait(10)
        if self.failure:
            raise self.failure
        return wire.PayOrderResponse(transaction_uuid=request.order_uuid)


def a_server(
    port: int, payments: FakePayments, state_dir: Path, check: Check = nothing_needed
) -> GrpcServer:
    return GrpcServer(
        "127.0.0.1",
        port,
        service=HostedService(
            SERVICE, payment_pb2_grpc.add_PaymentServiceServicer_to_server, payments
        ),
        heartbeat=Heartbeat(state_dir, "payment_service", "grpc"),
        check=check,
    )


class ServerInThread:
    def __init__(self, payments: FakePayments, state_dir: Path) -> None:
        self.port = free_port()
        self._stop = Event()
        server = a_server(self.port, payments, state_dir)
        server.bind()
        self._thread = Thread(target=server.serve, args=(self._stop,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def wait_stopped(self) -> None:
        self._thread.join(10)
        assert not self._thread.is_alive()


@pytest.fixture
def payments() -> FakePayments:
    return FakePayments()


@pytest.fixture
def server(payments: FakePayments, tmp_path: Path) -> Iterator[ServerInThread]:
    running = ServerInThread(payments, tmp_path)
    yield running
    payments.may_answer.set()
    running.stop()
    running.wait_stopped()


@pytest.fixture
def channel(server: ServerInThread) -> Iterator[grpc.Channel]:
    with open_channel("127.0.0.1", server.port) as channel:
        yield channel


def pay(channel: grpc.Channel, *, timeout_s: float = 5.0) -> wire.PayOrderResponse:
    stub = payment_pb2_grpc.PaymentServiceStub(channel)
    reply: wire.PayOrderResponse = stub.PayOrder(
        wire.PayOrderRequest(order_uuid="7"), timeout=timeout_s
    )
    return reply


def health(channel: grpc.Channel, service: str = "") -> int:
    stub = health_pb2_grpc.HealthStub(channel)
    return int(stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=5).status)


def test_a_call_is_answered_and_logged_in_one_line(channel: grpc.Channel) -> None:
    with capture_logs() as lines:
        reply = pay(channel)

    assert reply.transaction_uuid == "7"
    assert [(line["method"], line["code"]) for line in calls(lines)] == [
        (f"/{SERVICE}/PayOrder", "OK")
    ]


def test_a_known_failure_reaches_the_caller_as_its_status(
    channel: grpc.Channel, payments: FakePayments
) -> None:
    payments.failure = Conflict("order 7 is cancelled")

    with pytest.raises(grpc.RpcError) as failure:
        pay(channel)

    assert failure.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert failure.value.details() == "order 7 is cancelled"


def test_a_bug_tells_the_caller_nothing_and_the_log_everything(
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


def test_what_lies_behind_a_failure_is_in_the_log_only(
    channel: grpc.Channel, payments: FakePayments
) -> None:
    payments.failure = TimedOut("the database is slow")
    payments.failure.__cause__ = OSError("10.0.0.7 reset")

    with capture_logs() as lines, pytest.raises(grpc.RpcError) as failure:
        pay(channel)

    assert "10.0.0.7" not in str(failure.value.details())
    assert [line["cause"] for line in calls(lines)] == ["OSError('10.0.0.7 reset')"]


def test_an_answer_that_a_dependency_is_away_is_not_asked_for_again(
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


def test_it_says_by_reflection_what_it_serves(channel: grpc.Channel) -> None:
    reflected = Reflected(channel)

    assert {SERVICE, "grpc.health.v1.Health"} <= set(reflected.services)
    assert reflected.call(SERVICE, "PayOrder", {"order_uuid": "7"}) == {"transaction_uuid": "7"}


def test_it_is_healthy_once_it_serves(channel: grpc.Channel) -> None:
    serving = health_pb2.HealthCheckResponse.SERVING

    assert eventually(lambda: health(channel) == health(channel, SERVICE) == serving)


def test_its_heartbeat_is_touched(server: ServerInThread, tmp_path: Path) -> None:
    assert eventually((tmp_path / "payment_service.grpc.alive").exists)


def test_an_open_call_is_finished_after_the_stop_and_no_new_one_begins(
    server: ServerInThread, channel: grpc.Channel, payments: FakePayments
) -> None:
    payments.may_answer.clear()
    answers: list[str] = []
    caller = Thread(target=lambda: answers.append(pay(channel).transaction_uuid))
    caller.start()
    payments.entered.wait(5)

    server.stop()
    eventually(lambda: refused(server.port))
    payments.may_answer.set()
    server.wait_stopped()
    caller.join(5)

    assert answers == ["7"]


def test_who_watches_its_health_hears_that_it_ends(
    server: ServerInThread, channel: grpc.Channel
) -> None:
    eventually(lambda: health(channel) == health_pb2.HealthCheckResponse.SERVING)
    watching = health_pb2_grpc.HealthStub(channel).Watch(
        health_pb2.HealthCheckRequest(service=SERVICE), timeout=10
    )
    first = next(watching).status

    server.stop()
    last = next(watching).status

    assert first == health_pb2.HealthCheckResponse.SERVING
    assert last == health_pb2.HealthCheckResponse.NOT_SERVING
    watching.cancel()


def test_a_slow_call_ends_at_its_deadline(channel: grpc.Channel, payments: FakePayments) -> None:
    payments.may_answer.clear()

    with pytest.raises(grpc.RpcError) as failure:
        pay(channel, timeout_s=0.2)

    assert failure.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


def test_calls_at_the_same_time_are_all_answered(channel: grpc.Channel) -> None:
    answers: list[str] = []
    callers = [
        threading.Thread(target=lambda: answers.append(pay(channel).transaction_uuid))
        for _ in range(50)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(10)

    assert answers == ["7"] * 50


def test_a_check_with_a_bug_ends_the_server_instead_of_leaving_it_half_alive(
    payments: FakePayments, tmp_path: Path
) -> None:
    def broken_check() -> None:
        raise ZeroDivisionError

    port = free_port()
    server = a_server(port, payments, tmp_path, check=broken_check)
    server.bind()

    with pytest.raises(ZeroDivisionError):
        server.serve(Event())

    assert refused(port)


def test_a_busy_port_is_one_line_that_names_its_variable(
    payments: FakePayments, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        server = a_server(port, payments, tmp_path)

        with pytest.raises(SystemExit) as ending:
            server.bind()

    assert str(ending.value) == (
        f"cannot listen on 127.0.0.1:{port} (Address already in use): change GRPC_PORT or GRPC_HOST"
    )
    assert capfd.readouterr().err == ""


def calls(lines: list[EventDict]) -> list[EventDict]:
    """Leave out what the server says of itself at the same time."""
    return [line for line in lines if line["event"] == "grpc_call_answered"]


def refused(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
