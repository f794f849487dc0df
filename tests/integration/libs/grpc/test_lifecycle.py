import socket
from pathlib import Path
from threading import Event, Thread

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from deploy.local.engines.ports import free_port
from libs.health.heartbeat import last_touches
from tests.integration.libs.grpc.serving import (
    SERVICE,
    FakePayments,
    ServerInThread,
    a_server,
    health,
    pay,
    refused,
)
from tests.support.eventually import eventually


def test_it_is_healthy_once_it_serves(channel: grpc.Channel) -> None:
    serving = health_pb2.HealthCheckResponse.SERVING

    assert eventually(lambda: health(channel) == health(channel, SERVICE) == serving)


def test_its_heartbeat_is_touched(server: ServerInThread, tmp_path: Path) -> None:
    assert eventually(lambda: last_touches(tmp_path, "payment_service.grpc"))


def test_after_the_stop_an_open_call_is_finished_and_a_new_one_is_refused(
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


def test_a_health_watcher_is_notified_when_it_stops(
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
