"""The rehearsal can fail: programs that do what a container may not."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from libs.testing.eventually import eventually
from tests.rehearsal.confine import landlock_version
from tests.rehearsal.limits import check_writes, memory_table
from tests.rehearsal.problem import Problem
from tests.rehearsal.running import Running
from tests.unit.rehearsal.builders import a_running

WAITS = "trap 'exit 0' TERM; echo ready; while :; do sleep 0.1; done"
DEAF = "trap '' TERM; echo ready; while :; do sleep 0.1; done"

FAILS = ("CMD-SHELL", "echo no heartbeat; exit 1")


@contextmanager
def started(running: Running) -> Iterator[Running]:
    running.start()
    try:
        eventually(running.log.read_text)
        yield running
    finally:
        running.kill()


def test_a_program_that_ends_well_after_sigterm_is_well(tmp_path: Path) -> None:
    with started(a_running(tmp_path, WAITS)) as running:
        running.wait_healthy()
        running.ask_to_stop()

        assert running.wait_stopped(time.monotonic()) < 10


def test_a_program_that_does_not_hear_sigterm_is_told(tmp_path: Path) -> None:
    with started(a_running(tmp_path, DEAF, stop_within="1s")) as running:
        running.ask_to_stop()

        with pytest.raises(Problem, match="still runs 1 s after SIGTERM"):
            running.wait_stopped(time.monotonic())


def test_a_program_that_ends_badly_after_sigterm_is_told(tmp_path: Path) -> None:
    with started(a_running(tmp_path, WAITS.replace("exit 0", "exit 3"))) as running:
        running.ask_to_stop()

        with pytest.raises(Problem, match="ended with 3"):
            running.wait_stopped(time.monotonic())


def test_a_health_check_that_fails_is_told_with_its_words(tmp_path: Path) -> None:
    with (
        started(a_running(tmp_path, WAITS, test=FAILS)) as running,
        pytest.raises(Problem, match="not healthy after 1 s: no heartbeat"),
    ):
        running.wait_healthy()


def test_a_program_that_ends_by_itself_is_told_with_its_last_words(tmp_path: Path) -> None:
    with (
        started(a_running(tmp_path, "echo no module named flask; exit 1", test=FAILS)) as running,
        pytest.raises(Problem, match=r"ended by itself with 1\n.*flask"),
    ):
        running.wait_healthy()


def test_a_job_that_fails_is_told(tmp_path: Path) -> None:
    with (
        started(a_running(tmp_path, "echo no table; exit 1")) as running,
        pytest.raises(Problem, match=r"ended with 1\nno table"),
    ):
        running.wait_done()


def test_a_container_gets_its_own_environment_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTGRES_HOST", "the caller's")

    seen = a_running(tmp_path, "").place.run(("env",)).stdout

    assert "GREETING=hello" in seen
    assert "POSTGRES_HOST" not in seen


@pytest.mark.skipif(not landlock_version(), reason="this Linux has no Landlock")
def test_a_container_writes_to_its_own_folders_only(tmp_path: Path) -> None:
    place = a_running(tmp_path, "").place

    inside = place.run(("sh", "-c", f"echo >{place.mounts['/data']}/x"))
    outside = place.run(("sh", "-c", f"echo >{tmp_path}/x"))

    assert inside.returncode == 0
    assert outside.returncode != 0
    assert not (tmp_path / "x").exists()


def test_code_that_can_be_written_is_told(tmp_path: Path) -> None:
    place = a_running(tmp_path, "").place
    code_among_data = replace(place, folder=place.mounts["/data"])

    with pytest.raises(Problem, match="data is writable"):
        check_writes(code_among_data, is_whole_system_closed=False)


def test_memory_that_is_too_tight_is_told(tmp_path: Path) -> None:
    running = a_running(tmp_path, "")
    running.peak_memory = 13 << 20

    with pytest.raises(Problem, match="shop 13 of 16 MiB"):
        memory_table([running])
