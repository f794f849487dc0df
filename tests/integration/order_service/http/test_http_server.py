"""The HTTP role as a process: its port, its crash, its stop."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import psutil
import pytest

from deploy.local.engines.engine import LOOPBACK
from deploy.local.engines.ports import is_busy
from deploy.local.engines.process import EngineProcess
from libs.settings.groups import PostgresSettings
from order_service.api.http.server.listener import PORT_WAIT_S, listen
from tests.integration.order_service.database import OrderDatabase
from tests.integration.order_service.http.rest_client import http_role
from tests.integration.order_service.peers import RecordingPayments
from tests.support.eventually import eventually
from tests.support.roles import RoleProcess, postgres_environment, run_to_end

LONGEST_STOP_S = 15.0


def seconds_to_end(process: RoleProcess) -> float:
    asked_at = time.monotonic()
    process.terminate()
    assert process.wait_for_exit(within_s=LONGEST_STOP_S) == 0, process.output
    return time.monotonic() - asked_at


def has_request(process: RoleProcess, port: int) -> bool:
    """Whether a client is connected to the server's port and waits."""
    connections = psutil.Process(process.pid).net_connections("tcp")
    return any(
        connection.status == psutil.CONN_ESTABLISHED and connection.laddr.port == port
        for connection in connections
    )


def test_a_killed_server_leaves_no_process_and_its_port_can_be_used(
    away_environment: dict[str, str], port: int
) -> None:
    with http_role(away_environment) as (process, _):
        offspring = psutil.Process(process.pid).children(recursive=True)
        process.kill()

        eventually(lambda: not any(child.is_running() for child in offspring), within_s=5)
        eventually(lambda: not is_busy(port), within_s=5)

    with http_role(away_environment) as (_, client):
        assert client.is_alive()


def test_without_its_dependencies_it_serves_and_readyz_names_them(
    away_environment: dict[str, str],
) -> None:
    with http_role(away_environment) as (process, client):
        assert client.call("GET", "/readyz").status == 503
        assert client.call("GET", "/api/v1/orders").status == 503
        body = {"user_uuid": "nobody", "part_uuids": []}
        assert client.call("POST", "/api/v1/orders", body).status == 422
        assert seconds_to_end(process) < 5


def test_with_its_dependencies_it_is_ready_and_healthy(
    environment: dict[str, str], database: OrderDatabase
) -> None:
    with http_role(environment) as (_, client):
        assert client.call("GET", "/readyz").status == 200

        health = partial(run_to_end, "order_service", "health", environment, "http")
        eventually(lambda: health()[0] == 0, within_s=10)


def test_an_open_request_is_finished_before_the_end(
    environment: dict[str, str], database: OrderDatabase, payments: RecordingPayments
) -> None:
    with http_role(environment) as (process, client), ThreadPoolExecutor(1) as customer:
        order_uuid = client.create()
        payments.may_go_on.clear()
        answer = customer.submit(client.pay, order_uuid)
        assert payments.called.wait(10)

        process.terminate()
        eventually(lambda: not client.is_alive(), within_s=5)
        payments.may_go_on.set()

        assert answer.result(timeout=10).status == 200
        assert process.wait_for_exit(within_s=LONGEST_STOP_S) == 0
        assert database.row(order_uuid)["status"] == "PAID"


def test_a_frozen_database_does_not_hold_the_end(
    away_environment: dict[str, str],
    private_postgres: EngineProcess,
    private_settings: PostgresSettings,
) -> None:
    environment = {**away_environment, **postgres_environment(private_settings)}
    assert run_to_end("order_service", "migrate", environment)[0] == 0
    with http_role(environment) as (process, client), ThreadPoolExecutor(1) as customer:
        assert client.call("GET", "/api/v1/orders").status == 200
        private_postgres.freeze()
        answer = customer.submit(client.call, "GET", "/api/v1/orders")
        eventually(lambda: has_request(process, client.port))

        assert seconds_to_end(process) < LONGEST_STOP_S

        assert answer.result(timeout=5).status == 503


@pytest.fixture
def connection(port: int) -> Iterator[socket.socket]:
    """Yield the server's side of a connection."""
    with (
        listen(LOOPBACK, port) as listener,
        socket.create_connection((LOOPBACK, port)),
        eventually(lambda: accepted(listener)) as connection,
    ):
        yield connection


def accepted(listener: socket.socket) -> socket.socket:
    try:
        return listener.accept()[0]
    except BlockingIOError as error:
        raise AssertionError from error


def test_small_answers_are_sent_at_once(connection: socket.socket) -> None:
    assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_vanished_client_is_disconnected_in_half_a_minute(connection: socket.socket) -> None:
    idle_s, interval_s, tries = (
        connection.getsockopt(socket.IPPROTO_TCP, option)
        for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
    )

    assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert idle_s + interval_s * tries <= 30


def test_it_waits_for_a_port_that_becomes_free_soon(port: int) -> None:
    with (
        socket.create_server((LOOPBACK, port)) as leaving,
        ThreadPoolExecutor(1) as newcomer,
    ):
        listening = newcomer.submit(listen, LOOPBACK, port)
        eventually(listening.running)
        leaving.close()

        listening.result(timeout=PORT_WAIT_S).close()


def test_a_second_server_does_not_share_the_port_and_names_the_variable_in_one_line(
    away_environment: dict[str, str], port: int
) -> None:
    with http_role(away_environment) as (_, client):
        exit_code, output = run_to_end("order_service", "http", away_environment)
        assert client.is_alive()

    (line,) = output.splitlines()
    assert exit_code == 1
    assert f"{LOOPBACK}:{port}" in line
    assert "HTTP_PORT" in line
