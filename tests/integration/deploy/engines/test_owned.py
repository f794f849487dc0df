"""A server with an owner is never left behind."""

import os
import subprocess
import sys
from pathlib import Path

import psutil

from deploy.local.engines import owned
from tests.support.eventually import eventually

OWNER = f"""
import os, subprocess, sys, time
program = [sys.executable, "-c", {"import subprocess, sys; subprocess.run(['sleep', '60'])"!r}]
server = subprocess.Popen([sys.executable, {owned.__file__!r}, str(os.getpid()), *program])
print(server.pid, flush=True)
time.sleep(60)
"""

STARTER = """
import sys
from pathlib import Path
from deploy.local.engines.ports import free_port
from deploy.local.engines.process import EngineProcess
from deploy.local.engines.valkey import Valkey
server = EngineProcess(
    Valkey(state=Path(sys.argv[1]) / "redis", port=free_port()), owner_pid=int(sys.argv[2])
)
server.start()
server.wait_ready()
print(server.pid)
server.leave_running()
"""


def test_a_server_and_its_children_end_with_a_killed_owner() -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        server = psutil.Process(int(owner.stdout.readline()))
        (child,) = eventually(lambda: _children(server, named="sleep"))

        owner.kill()

        eventually(lambda: not owned.is_alive(server) and not owned.is_alive(child))


def test_a_server_that_is_left_running_outlives_its_starter_without_a_warning(
    tmp_path: Path,
) -> None:
    argv = (sys.executable, "-W", "always", "-c", STARTER, str(tmp_path), str(os.getpid()))
    starter = subprocess.run(argv, capture_output=True, text=True, check=True)

    server = psutil.Process(int(starter.stdout))
    runs_on = owned.is_alive(server)
    owned.kill_tree(server)

    assert runs_on
    assert "ResourceWarning" not in starter.stderr


def test_nothing_starts_for_an_owner_that_is_gone() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()

    done = subprocess.run(
        [sys.executable, owned.__file__, str(gone.pid), "echo", "started"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")


def _children(process: psutil.Process, *, named: str) -> list[psutil.Process]:
    return [child for child in process.children(recursive=True) if child.name() == named]
