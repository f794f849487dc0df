"""The HTTP role as a process: its port, its crash, its stop."""

import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from deploy.local.engines.engine import LOOPBACK
from deploy.local.engines.ports import free_port, is_busy
from deploy.local.engines.postgres import Postgres
from deploy.local.engines.process import EngineProcess
from order_service.api.http.server.server import PORT_WAIT_S, listen
from tests.integration.order_service.database import OrderDatabase
from tests.integration.order_service.http.rest_client import http_role
from tests.integration.order_service.peers import RecordingPayments
from tests.support.eventually import eventually
from tests.support.roles import ROOT, RoleProcess, running_role

LONGEST_STOP_S = 15.0

PASSWORD = "only-on-loopback"  # noqa: S105  # of a server that lives as long as its test


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
    away_environment: dict[str, str], http_port: int
) -> None:
    with http_role(away_environment) as (process, _):
        offspring = psutil.Process(process.pid).children(recursive=True)
        process.kill()

        eventually(lambda: not any(child.is_running() for child in offspring), within_s=5)
        eventually(lambda: not is_busy(http_port), within_s=5)

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


@pytest.mark.engine
def test_with_its_dependencies_it_is_ready_and_healthy(
    environment: dict[str, str], database: OrderDatabase
) -> None:
    with http_role(environment) as (_, client):
        assert client.call("GET", "/readyz").status == 200

        eventually(lambda: health_exit_code(environment) == 0, within_s=10)


def health_exit_code(environment: dict[str, str]) -> int:
    return subprocess.run(
        [sys.executable, "-m", "order_service", "health", "http"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        check=False,
        capture_output=True,
    ).returncode


@pytest.mark.engine
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


@pytest.mark.engine
def test_a_frozen_database_does_not_hold_the_end(
    away_environment: dict[str, str], tmp_path: Path
) -> None:
    port = free_port()
    server = Postgres(
        state=tmp_path / "postgres",
        port=port,
        superuser_password=PASSWORD,
        databases={"shop": PASSWORD},
    )
    place = {"USER": "shop", "PASSWORD": PASSWORD, "DB": "shop", "SSL_MODE": "disable"}
    environment = {
        **away_environment,
        **{f"POSTGRES_{name}": value for name, value in place.items()},
        "POSTGRES_PORT": str(port),
    }
    with EngineProcess(server) as engine, ThreadPoolExecutor(1) as customer:
        with running_role("order_service", "migrate", environment) as migration:
            assert migration.wait_for_exit() == 0
        with http_role(environment) as (process, client):
            assert client.call("GET", "/api/v1/orders").status == 200
            engine.freeze()
            answer = customer.submit(client.call, "GET", "/api/v1/orders")
            eventually(lambda: has_request(process, client.port))

            assert seconds_to_end(process) < LONGEST_STOP_S

            assert answer.result(timeout=5).status == 503


def test_a_busy_port_is_one_line_that_names_the_variable(
    away_environment: dict[str, str], http_port: int
) -> None:
    with (
        socket.create_server((LOOPBACK, http_port)),
        running_role("order_service", "http", away_environment) as process,
    ):
        assert process.wait_for_exit(within_s=PORT_WAIT_S + 10) == 1

        lines = process.output.splitlines()
        assert len(lines) == 1
        assert f"{LOOPBACK}:{http_port}" in lines[0]
        assert "HTTP_PORT" in lines[0]


def test_small_answers_are_sent_at_once(http_port: int) -> None:
    with (
        listen(LOOPBACK, http_port) as listener,
        socket.create_connection((LOOPBACK, http_port)),
    ):
        connection, _ = eventually(lambda: accepted(listener))

        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        connection.close()


def test_a_vanished_client_is_disconnected_in_half_a_minute(http_port: int) -> None:
    with (
        listen(LOOPBACK, http_port) as listener,
        socket.create_connection((LOOPBACK, http_port)),
    ):
        connection, _ = eventually(lambda: accepted(listener))
        idle_s, interval_s, tries = (
            connection.getsockopt(socket.IPPROTO_TCP, option)
            for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
        )

        assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert idle_s + interval_s * tries <= 30
        connection.close()


def accepted(listener: socket.socket) -> tuple[socket.socket, object]:
    try:
        return listener.accept()
    except BlockingIOError as error:
        raise AssertionError from error


def test_it_waits_for_a_port_that_becomes_free_soon(http_port: int) -> None:
    with (
        socket.create_server((LOOPBACK, http_port)) as leaving,
        ThreadPoolExecutor(1) as newcomer,
    ):
        listening = newcomer.submit(listen, LOOPBACK, http_port)
        eventually(listening.running)
        leaving.close()

        listening.result(timeout=PORT_WAIT_S).close()


def test_a_second_server_does_not_share_the_port(away_environment: dict[str, str]) -> None:
    with (
        http_role(away_environment) as (_, client),
        running_role("order_service", "http", away_environment) as second,
    ):
        assert second.wait_for_exit(within_s=PORT_WAIT_S + 10) == 1
        assert client.is_alive()


def test_a_bad_environment_lists_every_problem_and_ends_with_78(
    away_environment: dict[str, str], tmp_path: Path
) -> None:
    del away_environment["POSTGRES_HOST"]
    away_environment["HTTP_PORT"] = "eighty"

    with running_role("order_service", "http", away_environment) as process:
        assert process.wait_for_exit() == 78

        assert "POSTGRES_HOST" in process.output
        assert "HTTP_PORT" in process.output
