"""A server with a small service, over real sockets."""

import socket
from pathlib import Path
from threading import Event, Thread, current_thread

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from structlog.typing import EventDict

from deploy.local.engines.ports import free_port
from libs.contracts.payment.v1 import payment_pb2 as wire
from libs.contracts.payment.v1 import payment_pb2_grpc
from libs.grpc.readiness import Check, nothing_needed
from libs.grpc.server import GrpcServer, HostedService
from libs.health.heartbeat import Heartbeat

SERVICE = "payment.v1.PaymentService"


class FakePayments(payment_pb2_grpc.PaymentServiceServicer):
    """Fails or waits as a test says."""

    def __init__(self) -> None:
        self.failure: Exception | None = None
        self.calls = 0
        self.threads: set[Thread] = set()
        self.entered = Event()
        self.may_answer = Event()
        self.may_answer.set()

    def PayOrder(  # noqa: N802  # named by the contract
        self, request: wire.PayOrderRequest, context: grpc.ServicerContext
    ) -> wire.PayOrderResponse:
        self.calls += 1
        self.threads.add(current_thread())
        self.entered.set()
        self.may_answer.wait(10)
        if self.failure:
            raise self.failure
        return wire.PayOrderResponse(transaction_uuid=request.order_uuid)


def a_server(
    port: int,
    payments: FakePayments,
    state_dir: Path,
    check: Check = nothing_needed,
    *,
    waits: bool = True,
) -> GrpcServer:
    return GrpcServer(
        "127.0.0.1",
        port,
        service=HostedService(
            SERVICE,
            payment_pb2_grpc.add_PaymentServiceServicer_to_server,
            payments,
            waits=waits,
        ),
        heartbeat=Heartbeat(state_dir, "payment_service", "grpc"),
        check=check,
    )


class ServerInThread:
    def __init__(self, payments: FakePayments, state_dir: Path, *, waits: bool = True) -> None:
        self.port = free_port()
        self._stop = Event()
        server = a_server(self.port, payments, state_dir, waits=waits)
        server.bind()
        self.thread = Thread(target=server.serve, args=(self._stop,), daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self._stop.set()

    def wait_stopped(self) -> None:
        self.thread.join(10)
        assert not self.thread.is_alive()


def pay(channel: grpc.Channel, *, timeout_s: float = 5.0) -> wire.PayOrderResponse:
    stub = payment_pb2_grpc.PaymentServiceStub(channel)
    reply: wire.PayOrderResponse = stub.PayOrder(
        wire.PayOrderRequest(order_uuid="7"), timeout=timeout_s
    )
    return reply


def health(channel: grpc.Channel, service: str = "") -> int:
    stub = health_pb2_grpc.HealthStub(channel)
    return int(stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=5).status)


def calls(lines: list[EventDict]) -> list[EventDict]:
    """Drop log lines of the server itself."""
    return [line for line in lines if line["event"] == "grpc_call_answered"]


def refused(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
