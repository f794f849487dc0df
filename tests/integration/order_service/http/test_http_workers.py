"""The HTTP role with several processes on one port: their share of the work, their deaths."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

import psutil
import pytest

from deploy.local.engines.engine import LOOPBACK
from libs.health.heartbeat import STALE_AFTER_S, last_touches, unhealthy_reason
from libs.settings.base import EXIT_BAD_CONFIGURATION
from tests.integration.order_service.database import OrderDatabase
from tests.integration.order_service.http.rest_client import RestClient, http_role
from tests.integration.order_service.peers import RecordingPayments
from tests.support.eventually import eventually
from tests.support.roles import RoleProcess, running_role

LONGEST_STOP_S = 15.0

ROLE = "order_service.http"

HEAVY = {"aiohttp", "flask", "grpc", "sqlalchemy"}


@pytest.fixture
def two_workers(away_environment: dict[str, str]) -> dict[str, str]:
    return {**away_environment, "HTTP_WORKERS": "2"}


@contextmanager
def two_running(environment: dict[str, str]) -> Iterator[tuple[RoleProcess, RestClient]]:
    """Yield the main process and a client once both workers answer."""
    with http_role(environment) as (process, client):
        eventually(lambda: are_up(process, environment), within_s=20)
        yield process, client


def workers_of(process: RoleProcess) -> Sequence[psutil.Process]:
    return psutil.Process(process.pid).children()


def are_up(process: RoleProcess, environment: dict[str, str]) -> bool:
    """Whether two workers have a heartbeat, and their main process has one for that reason."""
    expected = {process.pid, *(worker.pid for worker in workers_of(process))}
    return len(expected) == 3 and expected <= beating(environment)


def beating(environment: dict[str, str]) -> set[int]:
    touches = last_touches(Path(environment["STATE_DIR"]), ROLE)
    return {int(name.partition("-")[0]) for name in touches}


def have_ended(processes: Sequence[psutil.Process]) -> bool:
    return not any(process.is_running() and not is_zombie(process) for process in processes)


def is_zombie(process: psutil.Process) -> bool:
    """Whether it has ended, and its main process too, before it could take note of that."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def serving(process: RoleProcess, client: socket.socket) -> psutil.Process | None:
    """Return the worker that has accepted the client's connection."""
    address = client.getsockname()
    for worker in workers_of(process):
        if any(each.raddr == address for each in worker.net_connections("tcp")):
            return worker
    return None


def connected(stack: ExitStack, port: int) -> socket.socket:
    return stack.enter_context(socket.create_connection((LOOPBACK, port), timeout=10))


def test_connections_that_stay_open_are_shared_by_both_workers(
    two_workers: dict[str, str],
) -> None:
    with two_running(two_workers) as (process, client), ExitStack() as stack:
        for _ in range(16):
            eventually(partial(serving, process, connected(stack, client.port)))

        for worker in workers_of(process):
            states = [each.status for each in worker.net_connections("tcp")]
            assert states.count(psutil.CONN_ESTABLISHED) >= 4


def test_a_killed_worker_breaks_its_connections_only_and_comes_back(
    two_workers: dict[str, str],
) -> None:
    with two_running(two_workers) as (process, client), ExitStack() as stack:
        open_call = connected(stack, client.port)
        open_call.sendall(b"GET /livez HTTP/1.1\r\n")
        worker = eventually(lambda: serving(process, open_call))

        assert worker
        worker.kill()

        assert open_call.recv(1) == b""
        for _ in range(50):
            assert client.is_alive()
        eventually(lambda: are_up(process, two_workers), within_s=20)
        assert process.output.count("http_worker_ended") == 1


@pytest.mark.parametrize("when", ["http_workers_begun", "http_server_listened"])
def test_a_killed_main_process_leaves_no_worker(two_workers: dict[str, str], when: str) -> None:
    with running_role("order_service", "http", two_workers) as process:
        process.wait_for_output(when)
        workers = eventually(lambda: len(workers_of(process)) == 2 and workers_of(process))
        assert workers

        process.kill()

        eventually(lambda: have_ended(workers), within_s=10)


def test_without_their_main_process_workers_finish_open_calls(
    environment: dict[str, str], database: OrderDatabase, payments: RecordingPayments
) -> None:
    with (
        two_running({**environment, "HTTP_WORKERS": "2"}) as (process, client),
        ThreadPoolExecutor(1) as customer,
    ):
        workers = workers_of(process)
        order_uuid = client.create()
        payments.may_go_on.clear()
        answer = customer.submit(client.pay, order_uuid)
        assert payments.called.wait(10)

        process.kill()
        eventually(lambda: not client.is_alive(), within_s=5)
        payments.may_go_on.set()

        assert answer.result(timeout=10).status == 200
        eventually(lambda: have_ended(workers), within_s=LONGEST_STOP_S)


@pytest.mark.parametrize("when", ["http_workers_begun", "http_server_listened"])
def test_two_sigterms_end_it_at_any_time_with_success(
    two_workers: dict[str, str], when: str
) -> None:
    with running_role("order_service", "http", two_workers) as process:
        process.wait_for_output(when)
        workers = workers_of(process)

        process.terminate()
        process.terminate()

        assert process.wait_for_exit(within_s=LONGEST_STOP_S) == 0, process.output
        assert have_ended(workers)


def test_a_log_that_nobody_reads_does_not_hold_the_end(two_workers: dict[str, str]) -> None:
    reading, writing = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-m", "order_service", "http"],
        env={**os.environ, **two_workers},
        stdout=writing,
    ) as process:
        eventually(lambda: len(beating(two_workers)) == 3, within_s=20)
        workers = psutil.Process(process.pid).children()
        fill(writing)

        process.terminate()

        assert process.wait(timeout=LONGEST_STOP_S) == 0
        assert have_ended(workers)
    os.close(reading)
    os.close(writing)


def fill(pipe: int) -> None:
    """Write until no byte fits, without changing how others write to the pipe."""
    own = os.open(f"/proc/self/fd/{pipe}", os.O_WRONLY | os.O_NONBLOCK)
    with suppress(BlockingIOError):
        while True:
            os.write(own, b"\n" * 1024)
    os.close(own)


def test_a_signal_to_the_whole_group_ends_it_with_success(two_workers: dict[str, str]) -> None:
    with two_running(two_workers) as (process, _):
        workers = workers_of(process)

        os.killpg(process.pid, signal.SIGINT)

        assert process.wait_for_exit(within_s=LONGEST_STOP_S) == 0, process.output
        assert have_ended(workers)
        assert "http_worker_ended" not in process.output
        assert "Traceback" not in process.output


def test_a_frozen_worker_is_unhealthy_and_holds_up_neither_calls_nor_the_end(
    two_workers: dict[str, str],
) -> None:
    state = Path(two_workers["STATE_DIR"])
    with two_running(two_workers) as (process, client):
        frozen, other = workers_of(process)
        frozen.suspend()
        for path in state.glob(f"{ROLE}.*"):  # as if half a minute had passed
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime - STALE_AFTER_S - 1))

        def only_the_frozen_one_is_silent() -> bool:
            touches = last_touches(state, ROLE)
            silent = {name for name, at in touches.items() if at < max(touches.values()) - 20}
            return {int(name.partition("-")[0]) for name in silent} == {frozen.pid}

        eventually(only_the_frozen_one_is_silent, within_s=15)
        assert f"process {frozen.pid}" in (unhealthy_reason(state, ROLE) or "")
        for _ in range(20):
            assert client.is_alive()

        process.terminate()
        eventually(lambda: not other.is_running(), within_s=5)
        assert process.wait_for_exit(within_s=LONGEST_STOP_S) == 0
        assert have_ended([frozen])


def test_a_worker_that_refuses_its_configuration_ends_the_role_with_78(
    two_workers: dict[str, str], tmp_path: Path
) -> None:
    secret = tmp_path / "keys"
    secret.write_text("the-key-of-this-test")
    with two_running({**two_workers, "ORDER_API_KEYS_FILE": str(secret)}) as (process, _):
        workers = workers_of(process)
        secret.unlink()

        workers[0].kill()

        assert process.wait_for_exit(within_s=20) == EXIT_BAD_CONFIGURATION
        assert have_ended(workers)


def test_the_main_process_loads_neither_framework_nor_client() -> None:
    code = "import order_service.app.roles.http, sys; print(*sys.modules)"

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    assert HEAVY.isdisjoint(done.stdout.split())


def test_each_process_is_named_in_its_first_line(two_workers: dict[str, str]) -> None:
    with two_running(two_workers) as (process, _):
        for worker in workers_of(process):
            assert f'"process": {worker.pid}' in process.output
