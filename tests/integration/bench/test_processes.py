"""CPU of a stack's processes, as the bench reads it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.beside import process
from tests.bench.stack.processes import SUPERVISOR, StackProcesses
from tests.support.eventually import eventually

BUSY = "while True: pass"

ENDED_CHILD = """
import subprocess, sys, time
burn = "import time\\nwhile time.process_time() < 0.3: pass"
subprocess.run([sys.executable, "-c", burn], env={})
time.sleep(60)
"""


@contextmanager
def program(local: Path, name: str, code: str) -> Iterator[None]:
    marks = {"SHIPYARD_STACK": str(local), "SUPERVISOR_PROCESS_NAME": name}
    with process(["-c", code], marks):
        yield


def test_the_cpu_of_a_program_is_found_by_its_name(tmp_path: Path) -> None:
    stack = StackProcesses(tmp_path)
    with program(tmp_path, "kafka", BUSY), program(tmp_path / "other", "redis", BUSY):
        eventually(lambda: stack.cpu_s().get("kafka", 0) > 0.1, within_s=30)

        assert set(stack.cpu_s()) == {"kafka"}


def test_the_cpu_of_a_child_that_has_ended_counts_for_its_program(tmp_path: Path) -> None:
    with program(tmp_path, "postgres", ENDED_CHILD):
        eventually(lambda: StackProcesses(tmp_path).cpu_s()["postgres"] > 0.3, within_s=30)


def test_a_server_without_its_environment_is_known_by_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "postgres"
    folder.mkdir(parents=True)
    server = subprocess.Popen([sys.executable, "-c", BUSY], cwd=folder, env={})
    try:
        eventually(lambda: StackProcesses(tmp_path).cpu_s().get("postgres", 0) > 0.1, within_s=30)
    finally:
        server.kill()
        server.wait()


def test_a_process_without_a_program_is_the_supervisor(tmp_path: Path) -> None:
    environment = {**os.environ, "SHIPYARD_STACK": str(tmp_path)}
    environment.pop("SUPERVISOR_PROCESS_NAME", None)
    supervisor = subprocess.Popen([sys.executable, "-c", BUSY], env=environment)
    try:
        found = eventually(lambda: StackProcesses(tmp_path).cpu_s(), within_s=30)
    finally:
        supervisor.kill()
        supervisor.wait()

    assert set(found) == {SUPERVISOR}


def test_memory_is_measured_by_program(tmp_path: Path) -> None:
    with program(tmp_path, "kafka", BUSY):
        memory = eventually(lambda: StackProcesses(tmp_path).memory_mib().get("kafka", 0) > 1)

    assert memory
