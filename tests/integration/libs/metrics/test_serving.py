"""The metrics of a real role, which needs no engine."""

import socket
from contextlib import ExitStack
from pathlib import Path

import httpx
import psutil
import pytest

from deploy.local.engines.engine import LOOPBACK
from deploy.local.engines.ports import free_port
from tests.support.eventually import eventually
from tests.support.roles import RoleProcess, running_role

STARTED = "grpc_server_listened"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"GRPC_PORT": str(free_port()), "STATE_DIR": str(tmp_path)}


def metrics_of(port: int) -> str:
    return httpx.get(f"http://{LOOPBACK}:{port}/metrics", trust_env=False).text


def ports_of(process: RoleProcess) -> set[int]:
    connections = psutil.Process(process.pid).net_connections("tcp")
    return {each.laddr.port for each in connections if each.status == psutil.CONN_LISTEN}


def test_a_role_serves_its_metrics(environment: dict[str, str]) -> None:
    port = free_port()
    with running_role(
        "payment_service", "grpc", {**environment, "METRICS_PORT": str(port)}
    ) as process:
        process.wait_for_output(STARTED)

        text = metrics_of(port)

    assert "process_start_time_seconds" in text
    assert "shipyard_process_threads" in text


def test_a_role_without_a_port_for_them_opens_none(environment: dict[str, str]) -> None:
    with running_role("payment_service", "grpc", {**environment, "METRICS_PORT": ""}) as process:
        process.wait_for_output(STARTED)

        ports = ports_of(process)

    assert ports == {int(environment["GRPC_PORT"])}


def test_a_role_whose_port_is_busy_says_so_and_works(environment: dict[str, str]) -> None:
    with socket.create_server((LOOPBACK, 0)) as other:
        port = other.getsockname()[1]
        with running_role(
            "payment_service", "grpc", {**environment, "METRICS_PORT": str(port)}
        ) as process:
            process.wait_for_output(STARTED)

            assert "metrics_not_served" in process.output


def test_clients_that_ask_for_nothing_keep_nobody_waiting(environment: dict[str, str]) -> None:
    port = free_port()
    with (
        running_role(
            "payment_service", "grpc", {**environment, "METRICS_PORT": str(port)}
        ) as process,
        ExitStack() as silent,
    ):
        process.wait_for_output(STARTED)
        before = threads_of(process)
        for _ in range(20):
            silent.enter_context(socket.create_connection((LOOPBACK, port)))
        eventually(lambda: threads_of(process) >= before + 20)

        assert "shipyard" in metrics_of(port)
        eventually(lambda: threads_of(process) <= before + 1, within_s=20)
        assert "Traceback" not in process.output


def threads_of(process: RoleProcess) -> int:
    return psutil.Process(process.pid).num_threads()
