"""supervisord with small programs instead of engines and roles."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from deploy.local.configuration.folders import Folders
from deploy.local.engines.ports import free_port
from deploy.local.errors import NoSuchProcess, NotRunning
from deploy.local.supervision.daemon import Daemon, Running, named
from deploy.local.supervision.memory import tree_bytes
from deploy.local.supervision.processes import end_all, stack_processes
from deploy.local.supervision.program import Program
from deploy.local.supervision.supervisor_conf import supervisor_configuration
from tests.support.eventually import eventually

PASSWORD = f"word-{os.getpid()}"

SLEEPER = Program(group="shop", name="sleeper", argv=("sleep", "600"))
HELD_BYTES = 64 * 2**20

STUBBORN_CODE = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "held = b'x' * (64 << 20); time.sleep(600)"
)

STUBBORN = Program(group="shop", name="stubborn", argv=(sys.executable, "-c", STUBBORN_CODE))
MISCONFIGURED = Program(
    group="shop", name="misconfigured", argv=(sys.executable, "-c", "raise SystemExit(78)")
)
DYING = Program(group="shop", name="dying", argv=("/bin/sh", "-c", "date +%s.%N; exit 1"))
ONE_SHOT = Program(group="shop", name="one-shot", argv=(sys.executable, "-c", ""), is_one_shot=True)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    folders = Folders(tmp_path / "my stack")
    folders.make()
    return folders


@pytest.fixture
def daemon(folders: Folders) -> Iterator[Daemon]:
    port = free_port()
    programs = [SLEEPER, STUBBORN, MISCONFIGURED, DYING, ONE_SHOT]
    folders.supervisor_configuration.write_text(
        supervisor_configuration(programs, folders=folders, supervisor_port=port, password=PASSWORD)
    )
    daemon = Daemon(folders, port, PASSWORD)
    daemon.start({}, owner_pid=os.getpid())
    yield daemon
    end_all(folders, timeout_s=0.5)


def look(daemon: Daemon, name: str) -> Running:
    return next(each for each in daemon.processes() if each.name == name)


def end_of(daemon: Daemon, name: str) -> Running:
    eventually(lambda: look(daemon, name).state == "EXITED")
    return look(daemon, name)


def test_a_killed_program_comes_back(daemon: Daemon) -> None:
    killed = eventually(lambda: look(daemon, "sleeper").pid)

    for each in named("sleep", daemon.processes()):
        daemon.kill(each)

    eventually(lambda: look(daemon, "sleeper").pid not in {0, killed})


def test_a_name_that_no_running_process_has_is_answered_with_all_names(daemon: Daemon) -> None:
    with pytest.raises(NoSuchProcess, match="'slepper' runs: S may be, or begin, dying, misc"):
        named("slepper", daemon.processes())


def test_a_program_that_dies_at_once_is_restarted_with_back_off(
    daemon: Daemon, folders: Folders
) -> None:
    log = folders.log / "dying.log"

    starts = [float(line) for line in eventually(lambda: at_least(4, log), within_s=30)]

    assert starts[2] - starts[1] >= 1
    assert starts[3] - starts[2] >= 2


def at_least(count: int, log: Path) -> list[str]:
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return lines[:count] if len(lines) >= count else []


def test_a_role_with_a_bad_configuration_is_not_restarted(daemon: Daemon) -> None:
    misconfigured = end_of(daemon, "misconfigured")

    assert misconfigured.is_given_up
    assert misconfigured.exit_code == 78


def test_a_one_shot_that_succeeded_is_done(daemon: Daemon) -> None:
    assert end_of(daemon, "one-shot").has_succeeded


def test_a_supervisor_is_recognised_as_the_one_of_this_stack(
    daemon: Daemon, tmp_path: Path
) -> None:
    stranger = Daemon(Folders(tmp_path / "other"), port_of(daemon), PASSWORD)

    assert daemon.is_running()
    assert not stranger.is_running()


def test_who_does_not_know_the_password_cannot_tell_the_supervisor_anything(
    daemon: Daemon, folders: Folders
) -> None:
    with pytest.raises(NotRunning):
        Daemon(folders, port_of(daemon), "guessed").shut_down()

    assert daemon.is_running()


def test_processes_of_a_killed_supervisor_are_found_and_ended(
    daemon: Daemon, folders: Folders
) -> None:
    eventually(lambda: look(daemon, "stubborn").pid)
    eventually(lambda: "sleep" in names(folders))
    _supervisor(folders).kill()

    left = names(folders)
    ended = end_all(folders, timeout_s=0.5)

    assert "sleep" in left
    assert ended >= 2
    assert stack_processes(folders) == []


def test_another_stacks_processes_are_left_alone(daemon: Daemon, tmp_path: Path) -> None:
    sleeper = eventually(lambda: look(daemon, "sleeper").pid)

    end_all(Folders(tmp_path / "other"), timeout_s=0.5)

    assert psutil.pid_exists(sleeper)


def test_memory_counts_children_except_those_with_their_own_line(
    daemon: Daemon, folders: Folders
) -> None:
    stubborn = eventually(lambda: look(daemon, "stubborn").pid)
    supervisor = _supervisor(folders).pid
    eventually(lambda: tree_bytes(stubborn) > HELD_BYTES)

    assert tree_bytes(supervisor) > HELD_BYTES
    assert tree_bytes(supervisor, but=[stubborn]) < HELD_BYTES


def port_of(daemon: Daemon) -> int:
    port = urlsplit(daemon.address).port
    assert port
    return port


def names(folders: Folders) -> set[str]:
    found = set()
    for process in stack_processes(folders):
        with contextlib.suppress(psutil.NoSuchProcess):
            found.add(process.name())
    return found


def _supervisor(folders: Folders) -> psutil.Process:
    return psutil.Process(int(folders.supervisor_pid.read_text()))
