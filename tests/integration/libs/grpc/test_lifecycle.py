from pathlib import Path
from threading import Event, Thread

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from deploy.local.engines.ports import free_port
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
